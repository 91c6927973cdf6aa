// What customers do for themselves, told as they would tell it.
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { createPurchase } from '#lib/purchases/commands.ts'
import { forgetNetwork } from '../attempts.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

test.beforeEach(async () => {
  await forgetNetwork()
})

type Answer = { code: string; id?: string; manage_url?: string }
const ask = async ({ key, organization_id }: IssuedKey, label: string, more: object = {}): Promise<Answer> =>
  (await send({ path: '/api/license/activate', body: { key, organization_id, label, ...more } })).json as Answer
const signInOwnerOf = async (context: BrowserContext, { customerEmail }: IssuedKey) =>
  signIn(context, await makePerson(customerEmail))
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const inGerman = async (browser: Browser, more: object = {}) => browser.newContext({ locale: 'de-DE', ...more })

test('a new computer at the limit: the app leads to a page, its owner proves the address, and the app goes on', async ({
  page,
}) => {
  const shop = await makeOrganization({ name: 'Limit Software' })
  const key = await shop.issue(
    await shop.configuration({ name: 'Limit Editor', activationsMode: 'limited', activationLimit: 2 }),
  )
  await ask(key, 'Old laptop', { fingerprint: 'old' })
  await ask(key, 'Desktop', { fingerprint: 'desk' })
  // The app.
  const refused = await ask(key, 'New laptop', { fingerprint: 'new' })
  expect(refused.code).toBe('ACTIVATION_LIMIT_REACHED')
  // The browser that it opens, on the new computer.
  await page.goto(refused.manage_url ?? '')
  await page.getByLabel('E-mail address').fill(key.customerEmail)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  const code = /\b(\d{3}) (\d{3})\b/.exec((await waitForMail(key.customerEmail, /^Sign in/)).text)
  await page.getByLabel('Six-digit code').fill(`${code?.[1]}${code?.[2]}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(heading(page, 'Use another device')).toBeVisible()
  await page.getByRole('radio', { name: /Old laptop/ }).check()
  await page.getByRole('button', { name: 'Replace it' }).click()
  await expect(page.getByText('New laptop has its place now.')).toBeVisible()
  // The app asks again.
  expect((await ask(key, 'New laptop', { fingerprint: 'new' })).code).toBe('ACTIVATED')
  expect((await ask(key, 'Old laptop', { fingerprint: 'old' })).code).toBe('ACTIVATION_LIMIT_REACHED')
})

test('the address an app is given is worth nothing to somebody else, and vendors’ answers have none', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: 1 }))
  await ask(key, 'Laptop')
  const { manage_url } = await ask(key, 'Other')
  await signIn(context, await makePerson(`stranger-${newId().slice(-12)}@example.com`))
  await page.goto(manage_url ?? '')
  await expect(heading(page, 'This link does not work')).toBeAttached()
  const polar = await send({
    path: '/api/license/polar/v1/customer-portal/license-keys/activate',
    body: { key: key.key, organization_id: shop.id, label: 'Other' },
  })
  expect(polar.status).toBe(403)
  expect(JSON.stringify(polar.json)).not.toContain('manage')
})

test('the link in the mail with the key opens that key after one press, once', async ({ page, context }) => {
  test.setTimeout(180_000)
  const shop = await makeOrganization({ name: 'Press Once' })
  const key = await shop.issue(await shop.configuration({ name: 'Pressed' }), { sendMail: true })
  const link = linkIn(await waitForMail(key.customerEmail), '/purchases/open')
  // Programs that read mail open links too.
  expect((await context.request.get(link)).status()).toBe(200)
  await page.goto(link)
  await page.getByRole('button', { name: 'Open my key' }).click()
  await expect(heading(page, 'Pressed')).toBeVisible()
  await expect(page.getByRole('region', { name: 'License key' })).toContainText(key.key)
  await page.goto(link)
  await expect(heading(page, 'Pressed')).toBeVisible()
  await context.clearCookies()
  await page.goto(link)
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('a device that was deactivated by mistake comes back, also without scripts', async ({ browser }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await ask(key, 'Studio Mac', { meta: { os: 'macOS 27', version: '4.2' } })
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled })
    await signInOwnerOf(context, key)
    const page = await context.newPage()
    await page.goto(`/purchases/${key.id}`)
    await expect(page.getByText('macOS 27, version 4.2')).toBeVisible()
    if (javaScriptEnabled) {
      await page.getByRole('button', { name: 'Deactivate Studio Mac' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    } else {
      await page.getByText('Deactivate Studio Mac…').click()
      await page.getByRole('button', { name: 'Deactivate Studio Mac' }).click()
    }
    await expect(page.getByText('Studio Mac was deactivated.')).toBeVisible()
    await page.getByRole('button', { name: 'Undo: activate Studio Mac again' }).click()
    await expect(page.getByText('Studio Mac was deactivated.')).toHaveCount(0)
    await expect(page.getByText('macOS 27, version 4.2')).toBeVisible()
    await context.close()
  }
})

test('where the seller allows it, a key that leaked is replaced, and the old one ends', async ({ page, context }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await signInOwnerOf(context, key)
  await page.goto(`/purchases/${key.id}`)
  await expect(page.getByText('Replace the key by a new one')).toHaveCount(0)
  await prisma.customerSettings.create({ data: { organizationId: shop.id, mayRotate: true } })
  await page.reload()
  await page.getByText('Replace the key by a new one').click()
  await expect(page.getByText(/^The old key ends at once, everywhere\. No device uses it now\./)).toBeVisible()
  await page.getByRole('button', { name: 'Get a new key' }).click()
  await expect(page.getByText('This is your new key. We also e-mailed it to you.')).toBeVisible()
  const { text } = await waitForMail(key.customerEmail, /new license key/)
  await page.getByRole('button', { name: 'Copy the license key' }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).not.toBe(key.key)
  expect(text).toContain(copied)
  const old = await send({ path: '/api/license/validate', body: { key: key.key, organization_id: shop.id } })
  expect(old.json).toMatchObject({ valid: false, code: 'REPLACED' })
})

test('a German browser reads German, from the door to the device, and the choice of a language is kept', async ({
  browser,
}) => {
  const shop = await makeOrganization({ name: 'Tinte GmbH' })
  const key = await shop.issue(await shop.configuration({ name: 'Tintenfass' }))
  await ask(key, 'Laptop')
  const context = await inGerman(browser)
  const page = await context.newPage()
  await page.goto('/purchases')
  await expect(heading(page, 'Anmelden')).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await page.getByLabel('E-Mail-Adresse').fill('keine')
  await page.getByRole('button', { name: 'Link zum Anmelden schicken' }).click()
  await expect(page.getByLabel('E-Mail-Adresse')).toHaveAccessibleDescription(/^Geben Sie eine E-Mail-Adresse ein/)
  await page.getByLabel('E-Mail-Adresse').fill(key.customerEmail)
  await page.getByRole('button', { name: 'Link zum Anmelden schicken' }).click()
  await expect(heading(page, 'Sehen Sie in Ihr Postfach')).toBeVisible()
  const mail = await waitForMail(key.customerEmail, /^Anmelden bei Tinte GmbH$/)
  expect(mail.text).toContain('Beides gilt einmal, 20 Minuten lang.')
  await page.goto(linkIn(mail, '/login/link'))
  await page.getByRole('button', { name: `Anmelden als ${key.customerEmail}` }).click()
  await expect(heading(page, 'Ihre Käufe')).toBeVisible()
  await page.getByRole('link', { name: /Aktiv/ }).click()
  await page.getByRole('button', { name: 'Laptop deaktivieren' }).click()
  const dialog = page.getByRole('dialog', { name: 'Laptop deaktivieren?' })
  await expect(dialog.getByText(/^Tintenfass funktioniert dort nicht mehr/)).toBeVisible()
  await dialog.getByRole('button', { name: 'Deaktivieren' }).click()
  await expect(page.getByText('Laptop wurde deaktiviert.')).toBeVisible()

  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { name: 'Devices' })).toBeVisible()
  await page.goto('/purchases')
  await expect(heading(page, 'Your purchases')).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
})

test('dates are those of the browser’s time zone', async ({ browser }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await prisma.licenseKey.update({ where: { id: key.id }, data: { expiresAt: new Date('2031-03-01T03:30:00Z') } })
  for (const [timezoneId, shown] of [
    ['America/Los_Angeles', 'until 28 February 2031, 19:30 GMT-8'],
    ['Europe/Berlin', 'until 1 March 2031, 04:30 CET'],
  ] as const) {
    const context = await browser.newContext({ timezoneId })
    await signInOwnerOf(context, key)
    const page = await context.newPage()
    await page.goto('/purchases')
    await page.goto(`/purchases/${key.id}`)
    await expect(page.getByText(shown)).toBeVisible()
    await context.close()
  }
})

const fifty = async () => {
  const shop = await makeOrganization({ name: 'Many Keys Ltd' })
  const productId = await shop.product([await shop.configuration()], 'Team pack')
  const email = `team-${newId().slice(-12)}@example.com`
  const order = { kind: 'one_time', reference: 'T-50', purchasedAt: null, sendMail: false } as const
  await createPurchase(shop.merchant, { ...order, productId, customer: { email, name: '' }, quantity: 55 }, new Date())
  for (let i = 1; i <= 24; i++)
    await shop.issue(await shop.configuration({ name: `Single ${i}` }), { customerEmail: email })
  return { shop, email }
}

test('somebody with fifty keys finds one, by keyboard alone and without scripts', async ({ browser }) => {
  const { email } = await fifty()
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 360, height: 740 } })
    await signIn(context, await makePerson(email))
    const page = await context.newPage()
    await page.goto('/purchases')
    await expect(page.getByText('Page 1 of 2')).toBeVisible()
    await page.getByRole('link', { name: 'Next' }).press('Enter')
    await expect(page.getByText('Page 2 of 2')).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search your purchases' }).fill('team many')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Team pack'])
    await page.getByRole('link', { name: 'Show all 55 keys' }).press('Enter')
    await expect(heading(page, 'All keys of Team pack')).toBeVisible()
    await page.getByRole('link', { name: 'Next' }).press('Enter')
    await expect(page.getByRole('link', { name: /Active/ })).toHaveCount(5)
    await page.goto('/purchases?q=nothing-like-it')
    await expect(page.getByText('Nothing matches “nothing-like-it”')).toBeVisible()
    await context.close()
  }
})

test('nothing overflows on a 360 px phone, and axe finds nothing, in either language and theme', async ({
  browser,
}) => {
  test.setTimeout(120_000)
  const { email, shop } = await fifty()
  const key = await prisma.licenseKey.findFirstOrThrow({ where: { organizationId: shop.id } })
  await prisma.customerSettings.create({ data: { organizationId: shop.id, mayRotate: true } })
  for (const locale of ['en-US', 'de-DE'])
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ locale, colorScheme, viewport: { width: 360, height: 740 } })
      await signIn(context, await makePerson(email))
      const page = await context.newPage()
      for (const path of ['/purchases', `/purchases/${key.id}`, '/purchases/replace?ask=none']) {
        await page.goto(path)
        for (const folded of await page.locator('details:visible > summary').all()) await folded.click()
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll('button')]
            // A key string has a button that ends in an ellipsis or scrolls.
            .filter((button) => button.checkVisibility() && !/^[0-9A-Z_-]{20,}$/.test(button.textContent ?? ''))
            .filter((button) => button.scrollWidth > button.clientWidth)
            .map(({ textContent }) => textContent),
        )
        expect(wide, 'buttons wider than their frame').toEqual([])
        expect(await findings(page)).toEqual([])
      }
      await context.close()
    }
})
