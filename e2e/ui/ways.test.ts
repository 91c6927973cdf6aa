import type { BrowserContext, Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

async function withAuthenticator(context: BrowserContext, page: Page) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
}

const addPasskey = async (page: Page) => {
  await page.getByLabel('Name of the passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('button', { name: 'Remove Laptop' })).toBeVisible()
}

test('an owner lets members in by passkey only, and whoever came by password is led to one', async ({
  page,
  context,
  browser,
}) => {
  await forgetNetwork()
  const [shop, elsewhere] = [await makeOrganization({ name: 'Guild' }), await makeOrganization({ name: 'Elsewhere' })]
  await withAuthenticator(context, page)
  await signIn(context, shop.merchant)
  const members = `/dashboard/${shop.slug}/settings/members`
  await page.goto(members)
  const form = page.getByRole('form', { name: 'Ways to sign in' })
  await form.getByRole('radio', { name: 'Only some ways' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByText('Choose at least one way.')).toBeVisible()
  await form.getByRole('checkbox', { name: 'Passkey' }).check()
  expect(await findings(page)).toEqual([])
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByText(/^You signed in by password\. Sign in by one of these ways first/)).toBeVisible()

  await page.goto('/account/two-step')
  await addPasskey(page)
  await context.clearCookies()
  await page.goto(members)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(heading(page, 'Members')).toBeVisible()
  await form.getByRole('radio', { name: 'Only some ways' }).check()
  await form.getByRole('checkbox', { name: 'Passkey' }).check()
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/settings/security`)
  await expect(page.getByText('Ways to sign in: any → Passkey')).toBeVisible()

  // Somebody who is in two organizations.
  const nora = await browser.newContext()
  const theirs = await nora.newPage()
  await withAuthenticator(nora, theirs)
  await prisma.membership.create({
    data: { organizationId: shop.id, userId: elsewhere.merchant.userId, role: 'support' },
  })
  await signIn(nora, elsewhere.merchant)
  await theirs.goto(`/dashboard/${shop.slug}/license-keys`)
  await expect(heading(theirs, 'Sign in another way')).toBeVisible()
  await expect(theirs.getByText('Guild lets its members in by passkey only. You signed in by password.')).toBeVisible()
  expect(await findings(theirs)).toEqual([])
  await theirs.getByRole('link', { name: 'Dashboard of Elsewhere' }).click()
  await expect(heading(theirs, 'Overview')).toBeVisible()

  await theirs.goto(`/dashboard/${shop.slug}/license-keys`)
  await theirs.getByRole('link', { name: 'Add a passkey' }).click()
  await addPasskey(theirs)
  // Now that they have one, this session adds no further one.
  await theirs.getByLabel('Name of the passkey').fill('Somebody else’s')
  await theirs.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(theirs.getByText('Guild lets its members in by passkey. Sign in by that first')).toBeVisible()
  await theirs.goto(`/dashboard/${shop.slug}/license-keys`)
  await theirs.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(heading(theirs, 'License keys')).toBeVisible()
  await nora.close()
})

test('by password, by mail, and where none of its ways is set up here', async ({ page, context, complaints }) => {
  // The stream of a page that stands open ends when its way in is closed, and asks once more.
  complaints.provoked.push(/status of 404 .*\/api\/live\//)
  await forgetNetwork()
  const shop = await makeOrganization({ name: 'Guild' })
  const allow = (signInWays: string[]) => prisma.organization.update({ where: { id: shop.id }, data: { signInWays } })
  await signIn(context, shop.merchant, 'link')
  await allow(['password'])
  await page.goto(`/dashboard/${shop.slug}/history`)
  await expect(heading(page, 'Sign in another way')).toBeVisible()
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').first()).toBeVisible()
  await page.getByLabel('Password').fill(shop.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page, 'History')).toBeVisible()

  await allow(['mail'])
  await page.reload()
  await page.getByRole('button', { name: 'E-mail me a link and a code' }).click()
  await expect(heading(page, 'Check your inbox')).toBeVisible()

  await allow(['google'])
  await page.goto(`/dashboard/${shop.slug}/history`)
  await expect(page.getByText('None of the ways it allows is set up on this server any more.')).toBeVisible()
  expect(await findings(page)).toEqual([])
})
