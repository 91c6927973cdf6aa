import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { appUrl } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
let configurationId: string
let productId: string
let key: IssuedKey
let address: string

test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  configurationId = await shop.configuration({ name: 'Editor, yearly', prefix: 'EDITOR', activationLimit: 2 })
  productId = await shop.product([configurationId], 'Inkwell Editor')
  key = await shop.issue(configurationId, { productId, customerEmail: 'ada@example.com' })
  address = `/dashboard/${shop.slug}/key-configurations/${configurationId}`
  await signIn(context, shop.merchant)
})

const answer = (page: Page) => page.getByRole('figure').filter({ hasText: /^Answer/ })
const revealed = () => prisma.event.count({ where: { licenseKeyId: key.id, type: 'license_key.revealed' } })
const choose = async (page: Page, option: string) => {
  await page.getByRole('combobox', { name: 'Key', exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}

test('each language is a tab with programs that carry the real ids, and one click copies them', async ({ page }) => {
  await page.goto(address)
  await page.getByRole('link', { name: 'Integrate' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Integrate')
  await page.getByRole('button', { name: 'Copy: Validate the key on it' }).click()
  await copied(page, new RegExp(`"product_id": "${productId}"`))

  const tabs = page.getByRole('navigation', { name: 'Languages' })
  await tabs.getByRole('link', { name: 'Python' }).click()
  await expect(tabs.getByRole('link', { name: 'Python' })).toHaveAttribute('aria-current', 'page')
  const program = page.getByRole('figure').filter({ hasText: 'license.py' }).first()
  await expect(program).toContainText(`API = "${appUrl}/api/license"`)
  await page.getByRole('button', { name: 'Copy: license.py' }).click()
  const text = await copied(page, new RegExp(`ORGANIZATION_ID = "${shop.id}"`))
  expect(text).toContain(`ONLY = {"product_id": "${productId}"}`)
  // Colours change nothing of the text.
  expect(((await program.locator('code').textContent()) ?? '').trim()).toBe(text.trim())

  await page.getByRole('link', { name: 'Keys of this configuration' }).click()
  await expect(program).toContainText(`ONLY = {"benefit_id": "${configurationId}"}`)
  await expect(tabs.getByRole('link', { name: 'Python' })).toHaveAttribute('aria-current', 'page')
})

test('a test call shows request and answer of a real key, and a device it activated can go again', async ({ page }) => {
  await page.goto(`${address}/integrate`)
  const send = page.getByRole('button', { name: 'Send test call' })
  expect(await page.content()).not.toContain(key.key)
  await send.click()
  await expect(answer(page)).toContainText('"code": "VALID"')
  await expect(answer(page)).toContainText('HTTP 200')
  await expect(page.getByRole('figure').filter({ hasText: /^Request/ })).toContainText(key.key)
  expect(await revealed()).toBe(1)

  await page.getByRole('radio', { name: 'Activate', exact: true }).check()
  await send.click()
  await expect(answer(page)).toContainText('"code": "ACTIVATED"')
  await expect(page.getByText('The device Test call now holds a slot of this key.')).toBeVisible()
  const devices = () => prisma.activation.findMany({ where: { licenseKeyId: key.id, deactivatedAt: null } })
  expect((await devices()).map(({ label }) => label)).toEqual(['Test call'])

  await page.getByRole('radio', { name: 'Validate', exact: true }).check()
  await expect(page.getByLabel('Activation id')).toHaveValue((await devices())[0]?.id ?? '')
  await page.getByRole('button', { name: 'Deactivate it again' }).click()
  await expect(answer(page)).toContainText('"code": "DEACTIVATED"')
  await expect(page.getByText('The device Test call now holds')).toHaveCount(0)
  expect(await devices()).toEqual([])
  expect(await revealed(), 'revealed once, however many calls').toBe(1)
})

test('a key that nobody has is refused, and so is one of another product', async ({ page }) => {
  const other = await shop.issue(configurationId)
  await page.goto(`${address}/integrate?language=go`)
  await choose(page, 'A key that nobody has')
  await page.getByRole('button', { name: 'Send test call' }).click()
  await expect(answer(page)).toContainText('"code": "NOT_FOUND"')
  await choose(page, 'A key I type')
  await page.getByLabel('Key to send').fill(other.key)
  await page.getByRole('button', { name: 'Send test call' }).click()
  await expect(answer(page)).toContainText('"code": "PRODUCT_MISMATCH"')
  expect(await prisma.event.count({ where: { organizationId: shop.id, type: 'license_key.revealed' } })).toBe(0)
})

test('without the right to reveal there is no key to choose, but one can be typed', async ({ page, context }) => {
  await signIn(context, await shop.member('viewer'))
  await page.goto(`${address}/integrate`)
  await page.getByRole('combobox', { name: 'Key', exact: true }).click()
  await expect(page.getByRole('option')).toHaveText(['A key I type', 'A key that nobody has'])
  await page.getByRole('option', { name: 'A key I type' }).click()
  await page.getByLabel('Key to send').fill(key.key)
  await page.getByRole('button', { name: 'Send test call' }).click()
  await expect(answer(page)).toContainText('"code": "VALID"')
})

test('without the server there is a sentence instead of an answer', async ({ page, context, complaints }) => {
  await page.goto(`${address}/integrate`)
  await choose(page, 'A key that nobody has')
  await context.route('**/api/license/**', (route) => route.abort())
  complaints.provoked.push(/net::ERR_FAILED .*\/api\/license\//)
  await page.getByRole('button', { name: 'Send test call' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'No answer came back' })).toBeVisible()
})

test('who has issued a key finds the way to the programs', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/license-keys/new?configuration=${configurationId}&email=bob@example.com`)
  await page.getByRole('button', { name: 'Issue key' }).click()
  await page.getByRole('link', { name: 'Add it to your software' }).click()
  await expect(page).toHaveURL(`${address}/integrate`)
})

test('every tab opens without complaints', async ({ page }) => {
  await page.goto(`${address}/integrate`)
  const tabs = page.getByRole('navigation', { name: 'Languages' }).getByRole('link')
  expect(await tabs.count()).toBe(11)
  for (const tab of await tabs.all()) {
    await tab.click()
    await expect(tab).toHaveAttribute('aria-current', 'page')
    await expect(page.getByRole('figure').first()).toContainText('/api/license')
  }
})

test('the page of a code is reached from its list', async ({ page, context }) => {
  await context.clearCookies()
  await page.goto('/docs/errors')
  await page.getByRole('link', { name: /^ACTIVATION_LIMIT_REACHED/ }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('ACTIVATION_LIMIT_REACHED')
  await expect(page.getByRole('figure')).toContainText('All 3 devices of this license key are in use.')
  expect(await context.cookies()).toEqual([])
})
