import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { type AppProcess, freePort, startAppProcess } from '../app-process.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization, type Organization, password } from '../organization.ts'
import { type Account, startGitHub, startOidcProvider } from '../sign-in-providers.ts'

// Signing in at other places, in a process of its own that has them configured.

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ })

let app: AppProcess
let oidc: Awaited<ReturnType<typeof startOidcProvider>>
let gitHub: Awaited<ReturnType<typeof startGitHub>>
let shop: Organization

test.beforeAll(async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const client = { id: 'latchkey', secret: 'a-secret-of-tests-with-enough-length' }
  oidc = await startOidcProvider({ ...client, redirectUri: `${url}/api/auth/callback/oidc` })
  gitHub = await startGitHub({ ...client, redirectUri: `${url}/api/auth/callback/github` })
  app = await startAppProcess(
    {
      ...{ LATCHKEY_URL: url, NEXTAUTH_URL: url, SIGN_IN_OIDC_NAME: 'Guild ID' },
      ...{ SIGN_IN_OIDC_ISSUER: oidc.issuer, SIGN_IN_OIDC_ID: client.id, SIGN_IN_OIDC_SECRET: client.secret },
      ...{ SIGN_IN_GITHUB_URL: gitHub.url, SIGN_IN_GITHUB_ID: client.id, SIGN_IN_GITHUB_SECRET: client.secret },
    },
    { port },
  )
})
test.afterAll(async () => {
  await app?.end()
  await Promise.all([oidc?.stop(), gitHub?.stop()])
})

test.beforeEach(async () => {
  await forgetNetwork()
  shop = await makeOrganization()
  oidc.now.spoil = {}
})

/** Goes to the provider and comes back as this account of it. */
async function comeAs(page: Page, account: Partial<Account>, wanted = '/') {
  oidc.now.account = { sub: newId(), email_verified: true, ...account }
  await page.goto(`${app.url}${wanted}`)
  await page.getByRole('link', { name: 'Sign in with Guild ID' }).click()
}

/** Another person's visit: neither here nor at the provider anything is remembered. */
async function leave(page: Page) {
  await page.goto('about:blank')
  await page.context().clearCookies()
}

const linksOf = (userId: string) => prisma.linkedSignIn.findMany({ where: { userId, removedAt: null } })

test('a verified address signs its member in, leads to the page that was asked for, and is linked once', async ({
  page,
}) => {
  await page.goto(`${app.url}/login`)
  await expect(page.getByRole('link', { name: 'Sign in with GitHub' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Sign in with Google' })).toHaveCount(0)
  expect(await findings(page)).toEqual([])

  const sub = newId()
  await comeAs(page, { sub, email: shop.email.toUpperCase() }, `/dashboard/${shop.slug}/history`)
  await expect(heading(page, 'History')).toBeVisible()
  expect(await linksOf(shop.merchant.userId)).toMatchObject([{ provider: 'oidc', issuer: oidc.issuer, subject: sub }])
  await waitForMail(shop.email, /^A sign-in was linked$/)

  // Another address there, even somebody else's, and even unverified: the subject is who it is.
  const other = await makeOrganization()
  await leave(page)
  await comeAs(page, { sub, email: other.email, email_verified: false })
  await expect(heading(page, 'Overview')).toBeVisible()
  expect(new URL(page.url()).pathname).toBe(`/dashboard/${shop.slug}`)
  expect(await linksOf(other.merchant.userId)).toEqual([])
  expect(await linksOf(shop.merchant.userId)).toHaveLength(1)
  await page.goto(`${app.url}/dashboard/${shop.slug}/settings/security`)
  await expect(page.getByText('Signed in by single sign-on').first()).toBeVisible()
  await expect(page.getByText('Sign-in with Guild ID linked')).toBeVisible()
})

test('an address that is not strictly verified lets nobody in and is never linked', async ({ page }) => {
  for (const email_verified of [false, 'true', 1, null, undefined]) {
    await leave(page)
    await comeAs(page, { email: shop.email, email_verified })
    await expect(problem(page), String(email_verified)).toHaveText(/has no verified e-mail address/)
  }
  expect(await linksOf(shop.merchant.userId)).toEqual([])
  expect(await prisma.session.count({ where: { userId: shop.merchant.userId } })).toBe(0)
  expect(await findings(page)).toEqual([])
})

test('customers come in, the invited join, and strangers are told that nobody knows them', async ({ page }) => {
  const stranger = `nobody-${newId().slice(-12)}@example.com`
  await comeAs(page, { email: stranger })
  await expect(problem(page)).toHaveText(/Nobody here has the address of that account/)
  expect(await prisma.user.count({ where: { email: stranger } })).toBe(0)

  const key = await shop.issue(await shop.configuration())
  await leave(page)
  await comeAs(page, { email: key.customerEmail })
  await page.waitForURL(`${app.url}/purchases`)
  const customer = await prisma.user.findUniqueOrThrow({
    where: { email: key.customerEmail },
    include: { memberships: true },
  })
  expect(customer.emailVerifiedAt).not.toBeNull()
  expect(customer.memberships).toEqual([])
})

test('state, nonce and PKCE: what another browser began, or somebody changed on the way, opens nothing', async ({
  page,
  browser,
}) => {
  const account = { email: shop.email }
  await comeAs(page, account)
  await expect(heading(page, 'Overview')).toBeVisible()
  const asked = oidc.now.asked.at(-1)
  expect(asked?.get('code_challenge_method')).toBe('S256')
  for (const check of ['state', 'nonce', 'code_challenge'])
    expect(asked?.get(check)?.length, check).toBeGreaterThanOrEqual(32)

  for (const check of ['state', 'nonce', 'code_challenge']) {
    const spoil = { [check]: 'x'.repeat(43) }
    await leave(page)
    oidc.now.spoil = spoil
    await comeAs(page, account)
    await expect(problem(page), JSON.stringify(spoil)).toHaveText(/^Signing in there did not work/)
  }
  oidc.now.spoil = {}

  // A whole answer of the provider, opened in a browser that did not ask.
  await leave(page)
  let answer = `${app.url}/login/with/oidc`
  oidc.now.account = { sub: newId(), email_verified: true, ...account }
  while (!answer.startsWith(`${app.url}/api/auth/callback`)) {
    const { location = '' } = (await page.request.get(answer, { maxRedirects: 0 })).headers()
    answer = new URL(location, answer).href
  }
  expect(answer).toContain('code=')
  const somebody = await (await browser.newContext()).newPage()
  await somebody.goto(answer)
  await expect(problem(somebody)).toHaveText(/^Signing in there did not work/)
  await somebody.context().close()
})

test('two-step sign-in holds, unless the provider says that both steps were passed there', async ({ page }) => {
  await prisma.user.update({ where: { id: shop.merchant.userId }, data: { twoStepAt: new Date() } })
  const sub = newId()
  await comeAs(page, { sub, email: shop.email, amr: ['pwd'] }, `/dashboard/${shop.slug}/history`)
  await expect(heading(page, 'Second step')).toBeVisible()
  await page.goto(`${app.url}/account`)
  await expect(heading(page, 'Second step')).toBeVisible()
  expect((await page.context().cookies()).some(({ name }) => name === 'latchkey-known')).toBe(false)
  await leave(page)
  await comeAs(page, { sub, email: shop.email, amr: ['pwd', 'mfa'] })
  await expect(heading(page, 'Overview')).toBeVisible()
  expect((await page.context().cookies()).some(({ name }) => name === 'latchkey-known')).toBe(true)
})

test('the account page links and unlinks, with proof; what was unlinked stays out', async ({ page }) => {
  const { userId } = shop.merchant
  await page.goto(`${app.url}/login`)
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(heading(page, 'Overview')).toBeVisible()
  await prisma.session.updateMany({ where: { userId }, data: { confirmedAt: new Date(Date.now() - 3_600_000) } })

  const sub = newId()
  oidc.now.account = { sub, email: `private-${sub.slice(-12)}@example.com`, email_verified: true }
  await page.goto(`${app.url}/account`)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Link Guild ID' }).click()
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Link Guild ID' }).click()
  await expect(page.getByText('Guild ID now signs you in.')).toBeVisible()
  expect(await findings(page)).toEqual([])
  expect(await linksOf(userId)).toMatchObject([{ subject: sub }])

  const other = await makeOrganization()
  await page.goto('about:blank')
  await page.context().clearCookies()
  await comeAs(page, { sub, email: other.email })
  await expect(heading(page, 'Overview')).toBeVisible()
  expect(new URL(page.url()).pathname).toBe(`/dashboard/${shop.slug}`)

  await page.goto(`${app.url}/account`)
  await page.getByRole('button', { name: /^Unlink Guild ID/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click()
  await expect(page.getByText(/was unlinked/)).toBeVisible()
  await expect.poll(() => linksOf(userId)).toEqual([])
  await leave(page)
  await comeAs(page, { sub, email: shop.email })
  await expect(problem(page)).toHaveText(/^That account was unlinked here/)
})

test('GitHub: the primary address has to be verified, and no other counts', async ({ page }) => {
  const come = async (emails: { email: string; primary: boolean; verified: boolean }[]) => {
    await leave(page)
    gitHub.now.user = { id: Math.floor(Math.random() * 1e9), login: 'mira' }
    gitHub.now.emails = emails
    await page.goto(`${app.url}/login`)
    await page.getByRole('link', { name: 'Sign in with GitHub' }).click()
  }
  await come([
    { email: 'else@example.com', primary: true, verified: false },
    { email: shop.email, primary: false, verified: true },
  ])
  await expect(problem(page)).toHaveText(/has no verified e-mail address/)
  await come([{ email: shop.email, primary: true, verified: false }])
  await expect(problem(page)).toHaveText(/has no verified e-mail address/)
  await come([{ email: shop.email, primary: true, verified: true }])
  await expect(heading(page, 'Overview')).toBeVisible()
  expect(await linksOf(shop.merchant.userId)).toMatchObject([{ provider: 'github', label: 'mira' }])
})

test('nothing is offered, and nothing begins, where nothing is configured or another site asks', async ({ page }) => {
  await page.goto('/login')
  await expect(page.getByRole('link', { name: /^Sign in with/ })).toHaveCount(0)
  expect((await page.request.get('/login/with/oidc')).status()).toBe(404)
  expect((await page.request.get('/api/auth/callback/oidc?code=x&state=y')).status()).toBe(404)
  const began = await page.request.get(`${app.url}/login/with/oidc`, {
    headers: { 'sec-fetch-site': 'cross-site' },
    maxRedirects: 0,
  })
  expect(began.headers().location).toMatch(/\/login$/)
  const set = began.headersArray().filter(({ name, value }) => name === 'set-cookie' && value.includes('state'))
  expect(set).toEqual([])
})
