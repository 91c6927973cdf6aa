import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, signedOut, test } from '../browser.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

// Pages that move by themselves: nothing here is loaded again by hand.

type Shop = Awaited<ReturnType<typeof makeOrganization>>
let shop: Shop
let key: IssuedKey

test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  key = await shop.issue(await shop.configuration({ name: 'Inkwell Pro' }))
  await signIn(context, shop.merchant)
})

const validate = (of: Pick<IssuedKey, 'key' | 'organization_id'>, more: object = {}) =>
  send({
    path: '/api/license/validate',
    headers: { 'user-agent': 'Inkwell/2.4.1 (macOS)' },
    body: { key: of.key, organization_id: of.organization_id, ...more },
  })
const switchTo = (status: 'granted' | 'disabled') =>
  prisma.licenseKey.update({ where: { id: key.id }, data: { status } })
const rows = (page: Page) => page.getByRole('region', { name: 'Calls' }).getByRole('row')
const isLive = (page: Page) => expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible()

test('a call appears as it is answered, with the key, the software and the chart; a row opens all of it', async ({
  page,
}) => {
  await page.goto(`/dashboard/${shop.slug}/live`)
  await expect(page.getByText('No calls yet')).toBeVisible()
  await isLive(page)
  await validate(key)
  const valid = rows(page).filter({ hasText: 'Valid' })
  await expect(valid).toContainText(key.key.slice(-6))
  await expect(valid).toContainText('Inkwell 2.4.1')
  await switchTo('disabled')
  await validate(key)
  await expect(rows(page).nth(1)).toContainText('The key is disabled')
  await expect(page.getByRole('figure')).toContainText('Expired or disabled1')
  expect(await findings(page)).toEqual([])

  // By keyboard.
  await rows(page).nth(1).getByRole('link').focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows(page).nth(2).getByRole('link')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Validate' })
  await expect(drawer).toContainText('DISABLED')
  await expect(drawer).toContainText('Inkwell Pro')
  await expect(drawer).toContainText('127.0.0.1')
  expect(await findings(page)).toEqual([])
  await drawer.getByRole('link', { name: 'Only this key' }).click()
  await expect(page).toHaveURL(new RegExp(`key=${key.id}`))
  await expect(page.getByText(/^Key: .*••••/)).toBeVisible()
  await expect(rows(page)).toHaveCount(3)
})

test('a list that is held counts what comes, and goes on where it was', async ({ page }) => {
  await validate(key)
  await page.goto(`/dashboard/${shop.slug}/live`)
  await isLive(page)
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Pause' }).click()
  for (let i = 0; i < 3; i++) await validate({ ...key, key: `${key.key.slice(0, -4)}0000` })
  await expect(page.getByRole('button', { name: '3 new' })).toBeVisible()
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(rows(page)).toHaveCount(5)
  await expect(page.getByRole('button', { name: /new$/ })).toBeHidden()
})

test('filters hold for what comes, too', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/live`)
  await isLive(page)
  await page.getByRole('button', { name: 'Answer', exact: true }).click()
  await page.getByRole('checkbox', { name: 'No', exact: true }).check()
  await expect(page).toHaveURL(/outcome=no/)
  await page.keyboard.press('Escape')
  await isLive(page)
  await validate(key)
  await switchTo('disabled')
  await validate(key)
  await expect(rows(page).nth(1)).toContainText('The key is disabled')
  await expect(rows(page)).toHaveCount(2)
})

/** As when somebody looks at another tab, and comes back. */
const look = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test('a page that nobody looked at is told what it missed when they come back', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/live`)
  await isLive(page)
  await validate(key)
  await expect(rows(page)).toHaveCount(2)
  await look(page, 'hidden')
  for (let i = 0; i < 4; i++) await validate(key)
  await switchTo('disabled')
  for (let i = 0; i < 5; i++) await validate(key)
  await look(page, 'visible')
  // Yeses that were answered together may stand for each other.
  await expect(rows(page).filter({ hasText: 'The key is disabled' })).toHaveCount(5)
  await isLive(page)
})

test('without scripts it is a list of the last calls, with older ones behind a link', async ({ browser }) => {
  for (let i = 0; i < 3; i++) await validate({ ...key, key: `${key.key.slice(0, -4)}0000` })
  const context = await browser.newContext({ javaScriptEnabled: false })
  await signIn(context, shop.merchant)
  const page = await context.newPage()
  await expect(async () => {
    await page.goto(`/dashboard/${shop.slug}/live`)
    await expect(rows(page)).toHaveCount(4, { timeout: 500 })
  }).toPass()
  await expect(page.getByText('There is no such key').first()).toBeVisible()
  await context.close()
})

test('key page and history move when something happens, but not under a window that is open', async ({
  page,
  context,
}) => {
  const shows = (on: Page, word: string) => expect(on.getByText(word, { exact: true }).first()).toBeVisible()
  const other = await context.newPage()
  for (const each of [page, other]) {
    await each.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
    await shows(each, 'Active')
  }
  const token = await shop.apiKey()
  const change = async (what: 'disable' | 'enable') => {
    const headers = { authorization: `Bearer ${token}` }
    const { status } = await send({ path: `/api/v1/license-keys/${key.id}/${what}`, headers, body: {} })
    expect(status).toBe(200)
  }
  await change('disable')
  for (const each of [page, other]) await shows(each, 'Disabled')
  // A refusal changes nothing of the key, and is told by the call.
  await validate(key)
  await expect(page.getByText(/^Refused/).first()).toBeVisible()

  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await change('enable')
  await shows(other, 'Active')
  await expect(page.locator('header').getByText('Disabled', { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await shows(page, 'Active')

  await page.goto(`/dashboard/${shop.slug}/history`)
  const lines = page.getByRole('region', { name: 'History' }).getByRole('row')
  await expect(lines.nth(1)).toContainText('enabled')
  await change('disable')
  await expect(lines.nth(1)).toContainText('disabled')
})

test('a stream ends with its session', async ({ page, complaints }) => {
  complaints.provoked.push(signedOut)
  await page.goto(`/dashboard/${shop.slug}/live`)
  await isLive(page)
  await prisma.session.deleteMany({ where: { userId: shop.merchant.userId } })
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible({ timeout: 20_000 })
})
