import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { forgetNetwork } from '../attempts.ts'
import { expect, signedOut, test } from '../browser.ts'
import { linkIn, mailsTo, waitForMail } from '../inbox.ts'
import { makeOrganization, type Organization } from '../organization.ts'

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ })

let shop: Organization
test.beforeEach(async () => {
  // Attempts are counted per network too, and every test is on one.
  await forgetNetwork()
  shop = await makeOrganization()
})

async function trySignIn(page: Page, email: string, password: string) {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function askForLink(page: Page, email: string) {
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  await expect(heading(page, 'Check your inbox')).toBeVisible()
}

test('a wrong password is refused without telling whether the address is known, and leads to the password', async ({
  page,
}) => {
  await page.goto('/login')
  for (const email of [`nobody-${newId()}@example.com`, shop.email]) {
    await trySignIn(page, email, 'a wrong password')
    await expect(problem(page)).toHaveText('E-mail address and password do not match.')
    await expect(page.getByLabel('Password')).toBeFocused()
    await expect(page.getByLabel('E-mail address')).toHaveValue(email)
  }
})

test('many wrong passwords slow the next attempt down; a browser that was signed in before goes on', async ({
  page,
  browser,
  complaints,
}) => {
  complaints.provoked.push(signedOut)
  await page.goto('/login')
  await trySignIn(page, shop.email, shop.password)
  await expect(heading(page, 'Overview')).toBeVisible()
  await page.context().clearCookies({ name: 'next-auth.session-token' })

  const somebody = await browser.newContext()
  const theirs = await somebody.newPage()
  await theirs.goto('/login')
  const slowed = problem(theirs).filter({
    hasText: /^Too many wrong passwords\. Try again in \d+ seconds?, or have a sign-in link e-mailed to you\.$/,
  })
  // On a slow machine the first waits are over before the next attempt; they double.
  for (let attempt = 0; attempt < 14 && !(await slowed.isVisible()); attempt++) {
    await trySignIn(theirs, shop.email, `a wrong password ${attempt}`)
    await expect(theirs.getByRole('button', { name: 'Sign in', exact: true })).not.toHaveAttribute('aria-busy', 'true')
    await expect(problem(theirs)).toBeVisible()
  }
  await expect(slowed).toBeVisible()
  await somebody.close()

  await page.goto('/login')
  await trySignIn(page, shop.email, shop.password)
  await expect(heading(page, 'Overview')).toBeVisible()
})

test('what is missing is said beside its field, and what was typed stays', async ({ page }) => {
  await page.goto('/login')
  await trySignIn(page, 'mira at example', 'something')
  const email = page.getByLabel('E-mail address')
  await expect(email).toHaveAccessibleDescription(/Enter an e-mail address/)
  await expect(email).toHaveAttribute('aria-invalid', 'true')
  await expect(email).toHaveValue('mira at example')
  await expect(email).toBeFocused()
  await email.fill('mira@example.com')
  await expect(email).not.toHaveAttribute('aria-invalid', 'true')
  await expect(email).not.toHaveAccessibleDescription(/Enter an e-mail address/)
})

test('asking for a link answers the same for known and unknown addresses, and mails only the known one', async ({
  page,
}) => {
  const unknown = `nobody-${newId().slice(-12)}@example.com`
  const answers: string[] = []
  for (const email of [unknown, shop.email]) {
    await askForLink(page, email)
    answers.push(((await page.getByRole('main').textContent()) ?? '').replace(email, 'the address'))
    expect(new URL(page.url()).pathname).toBe('/login/sent')
  }
  expect(answers[0]).toBe(answers[1])
  await waitForMail(shop.email, /^Sign in/)
  expect(await mailsTo(unknown)).toEqual([])
})

test('a link leads to the page that was asked for, and works once', async ({ page, context, complaints }) => {
  complaints.provoked.push(signedOut)
  const wanted = `/dashboard/${shop.slug}/history`
  await page.goto(wanted)
  await expect(heading(page, 'Sign in')).toBeVisible()
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  await expect(heading(page, 'Check your inbox')).toBeVisible()
  const link = linkIn(await waitForMail(shop.email, /^Sign in/), '/login/link')

  // Programs that read mail open links too: opening alone uses nothing up.
  expect((await context.request.get(link)).status()).toBe(200)
  const second = await context.newPage()
  await second.goto(link)
  await page.goto(link)
  await page.getByRole('button', { name: `Sign in as ${shop.email}` }).click()
  await expect(heading(page, 'History')).toBeVisible()
  expect(new URL(page.url()).pathname).toBe(wanted)

  // Pressed a second time, or opened again: whoever is signed in goes on.
  await second.getByRole('button', { name: `Sign in as ${shop.email}` }).click()
  await expect(heading(second, 'History')).toBeVisible()
  await second.goto(link)
  await expect(heading(second, 'History')).toBeVisible()
  await context.clearCookies()
  await second.goto(link)
  await expect(heading(second, 'This link no longer works')).toBeVisible()
})

const codeIn = (text: string) => /\b(\d{3}) (\d{3})\b/.exec(text)?.slice(1).join('') ?? ''

test('the code of the same mail signs in where it was asked for, also without scripts, and once', async ({
  page,
  browser,
}) => {
  await askForLink(page, shop.email)
  const code = codeIn((await waitForMail(shop.email, /^Sign in/)).text)
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  const field = page.getByLabel('Six-digit code')
  await field.fill('12')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(field).toHaveAccessibleDescription('The code has six digits.')
  await field.fill(wrong)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(field).toHaveAccessibleDescription(/^This code is not right, or no longer works\./)

  // In a browser that did not ask, it is worth nothing: there is no place to type it, and none of its requests is the right one.
  const elsewhere = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  await elsewhere.goto(`/login/sent?to=${encodeURIComponent(shop.email)}`)
  await expect(elsewhere.getByLabel('Six-digit code')).toHaveCount(0)
  const address = page.url()
  await elsewhere.goto(address)
  await elsewhere.getByLabel('Six-digit code').fill(` ${code.slice(0, 3)}-${code.slice(3)} `)
  await elsewhere.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(elsewhere, 'Overview')).toBeVisible()

  await field.fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(field).toHaveAccessibleDescription(/^This code is not right, or no longer works\./)
})

test('signing out ends it, also for whoever copied the cookie', async ({ page, request, complaints }) => {
  complaints.provoked.push(signedOut)
  await page.goto('/login')
  await trySignIn(page, shop.email, shop.password)
  await expect(heading(page, 'Overview')).toBeVisible()
  const stolen = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const ask = (path: string) => request.get(path, { headers: { cookie: stolen }, maxRedirects: 0 })
  expect((await ask(`/dashboard/${shop.slug}`)).status()).toBe(200)
  expect(await (await ask('/api/auth/session')).json()).toHaveProperty('userId')
  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(heading(page, 'Sign in')).toBeVisible()
  expect((await ask(`/dashboard/${shop.slug}`)).headers().location).toContain('/login')
  expect(await (await ask('/api/auth/session')).json()).toEqual({})
})

test('once there is an organization, set-up is closed, also with the right token', async ({ page }) => {
  await page.goto(`/setup?token=${process.env.SETUP_TOKEN}`)
  await expect(heading(page, 'Sign in')).toBeVisible()
})
