import type { Page } from '@playwright/test'
import { startAppProcess } from '../app-process.ts'
import { forgetNetwork } from '../attempts.ts'
import { expect, test } from '../browser.ts'
import { emptyDatabase } from '../empty-database.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'

// What people must be able to do when scripts are blocked or did not load.
test.use({ javaScriptEnabled: false })

test.beforeEach(async () => {
  await forgetNetwork()
})

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ })

test('a member signs in by password, after a wrong one, and signs out', async ({ page }) => {
  const shop = await makeOrganization()
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(problem(page)).toHaveText('E-mail address and password do not match.')
  await expect(page.getByLabel('E-mail address')).toHaveValue(shop.email)
  await page.getByLabel('Password').fill(shop.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('a customer signs in by a mailed link, copies the key, frees a device, has the key mailed and signs out', async ({
  page,
}) => {
  const shop = await makeOrganization({ name: 'Plain Software' })
  const key = await shop.issue(await shop.configuration({ name: 'Plain Editor' }))
  const activated = await send({
    path: '/api/license/activate',
    body: { key: key.key, organization_id: shop.id, label: 'Old laptop' },
  })
  expect(activated.status).toBe(200)

  await page.goto('/purchases')
  await page.getByLabel('E-mail address').fill(key.customerEmail)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  await expect(heading(page, 'Check your inbox')).toBeVisible()
  const link = linkIn(await waitForMail(key.customerEmail, /^Sign in to Plain Software$/), '/login/link')
  await page.goto(link)
  await page.getByRole('button', { name: `Sign in as ${key.customerEmail}` }).click()
  await expect(heading(page, 'Your purchases')).toBeVisible()

  await page
    .getByRole('link', { name: /Plain Editor|…|•/ })
    .first()
    .click()
  await expect(heading(page, 'Plain Editor')).toBeVisible()
  // All of it is there to be marked; what needs a script is not.
  await expect(page.getByRole('code')).toHaveText(key.key)
  await expect(page.getByRole('button', { name: /Copy|Rename/ })).toHaveCount(0)
  await page.getByText('Deactivate Old laptop…').click()
  await expect(page.getByText('Its slot becomes free for another device.')).toBeVisible()
  await page.getByRole('button', { name: 'Deactivate Old laptop' }).click()
  await expect(heading(page, 'Plain Editor')).toBeVisible()
  await expect(page.getByText('Old laptop was deactivated.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Deactivate Old laptop' })).toHaveCount(0)
  await page.getByRole('button', { name: 'E-mail me this key' }).click()
  await expect(page.getByText(`On its way to ${key.customerEmail}.`)).toBeVisible()

  // The link was used; whoever is signed in goes on all the same.
  await page.goto(link)
  await expect(heading(page, 'Your purchases')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await page.goto(link)
  await expect(heading(page, 'This link no longer works')).toBeVisible()
})

test('Latchkey is set up on an empty database, and its address follows from the name', async ({ page }) => {
  test.setTimeout(240_000)
  const database = await emptyDatabase()
  const app = await startAppProcess({ DATABASE_URL: database.url })
  try {
    await page.goto(`${app.url}/setup?token=${process.env.SETUP_TOKEN}`)
    await page.getByLabel('Organization').fill('Plain & Simple Ltd')
    await page.getByLabel('Your name').fill('Mira Plain')
    await page.getByLabel('Your e-mail address').fill('mira@plain.example')
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await expect(page.getByLabel('Password')).toHaveAccessibleDescription(/Use at least 10 characters/)
    await expect(page.getByLabel('Organization')).toHaveValue('Plain & Simple Ltd')
    await page.getByLabel('Password').fill('a long password without scripts')
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await expect(heading(page, 'Overview')).toBeVisible()
    expect(new URL(page.url()).pathname).toBe('/dashboard/plain-simple-ltd')
  } finally {
    await app.end()
    await database.drop()
  }
})
