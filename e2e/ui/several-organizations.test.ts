import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = /^Overview|^Organization/

test('signing in leads to the organization that was used last', async ({ page, context }) => {
  const [first, second] = [await makeOrganization({ name: 'Fable One' }), await makeOrganization({ name: 'Fable Two' })]
  const { userId } = first.merchant
  await prisma.membership.create({ data: { organizationId: second.id, userId, role: 'viewer' } })
  await signIn(context, first.merchant)
  await page.goto('/dashboard')
  await expect(page.getByRole('heading', { name: 'Choose an organization' })).toBeVisible()
  await page.getByRole('link', { name: /Fable Two/ }).click()
  await expect(page).toHaveURL(new RegExp(`/dashboard/${second.slug}$`))
  await expect(page.getByRole('heading', { name: heading })).toBeVisible()
  await page.goto('/dashboard')
  await expect(page).toHaveURL(new RegExp(`/dashboard/${second.slug}$`))
  await page.goto(`/dashboard/${first.slug}/license-keys`)
  await page.goto('/dashboard')
  await expect(page).toHaveURL(new RegExp(`/dashboard/${first.slug}$`))
})

test('the address changes: old links lead on with all that stands in them, and an open form goes through', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization({ name: 'Fable Moves' })
  const next = `moved-${newId().slice(-12)}`
  await signIn(context, shop.merchant)
  const open = await context.newPage()
  await open.goto(`/dashboard/${shop.slug}/settings/organization`)
  await page.goto(`/dashboard/${shop.slug}/settings/organization`)
  await page.getByRole('button', { name: 'Change address' }).click()
  const dialog = page.getByRole('dialog')
  expect(await findings(page, { inPortal: true })).toEqual([])
  await dialog.getByLabel('Dashboard address').fill(next)
  await dialog.getByRole('button', { name: 'Change address' }).click()
  await expect(page).toHaveURL(new RegExp(`/dashboard/${next}/settings/organization$`))
  expect(await findings(page)).toEqual([])

  await open.getByRole('textbox', { name: 'Website' }).fill('https://fable.example')
  await open.getByRole('button', { name: 'Save' }).click()
  await expect(open.getByText('Saved').first()).toBeVisible()
  expect(await prisma.organization.findUnique({ where: { id: shop.id } })).toMatchObject({
    ...{ websiteUrl: 'https://fable.example', slug: next },
  })

  await page.goto(`/dashboard/${shop.slug}/license-keys?q=nothing&sort=createdAt`)
  await expect(page).toHaveURL(new RegExp(`/dashboard/${next}/license-keys\\?q=nothing&sort=createdAt$`))

  // Of somebody else, a former address looks like none.
  const stranger = await makeOrganization()
  await signIn(context, stranger.merchant)
  expect((await page.goto(`/dashboard/${shop.slug}`))?.status()).toBe(404)
})

test('without leave of the installation nobody makes an organization', async ({ page, context }) => {
  const shop = await makeOrganization()
  await signIn(context, shop.merchant)
  await page.goto('/account/organization')
  await expect(page.getByRole('heading', { name: 'No new organizations here' })).toBeVisible()
  expect(await findings(page)).toEqual([])
})
