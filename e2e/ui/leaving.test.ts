import { readFileSync } from 'node:fs'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization, password } from '../organization.ts'
import { signIn } from '../session.ts'

// What somebody is known by, and a whole organization, can be deleted.

test('a customer’s personal data goes, with proof and their address typed; the key goes on working', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  const name = `Lena Quill ${newId().slice(-8)}`
  const customer = await prisma.customer.update({
    where: { organizationId_email: { organizationId: shop.id, email: key.customerEmail } },
    data: { name },
  })
  const call = { key: key.key, organization_id: shop.id }
  const activated = await send({
    path: '/api/license/activate',
    body: JSON.stringify({ ...call, label: `${name}s Mac` }),
  })
  expect(activated.status).toBe(200)
  await signIn(context, shop.merchant)
  await prisma.session.updateMany({
    where: { userId: shop.merchant.userId },
    data: { confirmedAt: new Date(Date.now() - 3_600_000) },
  })
  await page.goto(`/dashboard/${shop.slug}/customers/${customer.id}`)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Delete personal data' }).click()
  const dialog = page.getByRole('dialog')
  expect(await findings(page, { inPortal: true })).toEqual([])
  await dialog.getByLabel(/^Type/).fill(key.customerEmail)
  await dialog.getByRole('button', { name: 'Delete personal data' }).click()
  await dialog.getByLabel('Your password').fill(password)
  await dialog.getByRole('button', { name: 'Delete personal data' }).click()
  await expect(page.getByText(/Their personal data was deleted on/)).toBeVisible()
  await expect(page.getByText(name)).toHaveCount(0)
  expect(await findings(page)).toEqual([])
  const validated = await send({ path: '/api/license/validate', body: JSON.stringify(call) })
  expect(JSON.parse(validated.text)).toMatchObject({ valid: true })
  const log = readFileSync(process.env.APP_LOG ?? '', 'utf8')
  expect(log).not.toContain(name)
  expect(log).not.toContain(key.customerEmail)
})

test('an organization is deleted after fourteen days, unless an owner keeps it', async ({ page, context }) => {
  const shop = await makeOrganization({ name: 'Fable Farewell' })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/organization`)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Delete this organization' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Fable Farewell?' })
  await dialog.getByLabel('Name of the organization').fill('Fable')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(dialog.getByText('This is not the name of the organization.')).toBeVisible()
  await dialog.getByLabel('Name of the organization').fill('Fable Farewell')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText(/It will be deleted on/)).toBeVisible()
  expect(await findings(page)).toEqual([])
  await waitForMail(shop.email, /^Your organization will be deleted$/)
  // Whoever comes in is told, and an owner is led to where it is stopped.
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(page.getByText('This organization will be deleted.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('main').getByRole('link', { name: 'Open settings' }).click()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('dialog', { name: 'Keep Fable Farewell?' }).getByRole('button', { name: 'Keep it' }).click()
  await expect(page.getByRole('button', { name: 'Delete this organization' })).toBeVisible()
  await waitForMail(shop.email, /^Your organization stays$/)
})
