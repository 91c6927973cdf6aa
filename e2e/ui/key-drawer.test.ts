import type { Page } from '@playwright/test'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// A key beside the list it is in: an address of its own, the keyboard, what can be done in it, and where there is no room for it.

let shop: Organization
let keys: IssuedKey[]
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  const configuration = await shop.configuration({ activationsMode: 'limited', activationLimit: 1 })
  keys = []
  for (let at = 0; at < 3; at++)
    keys.unshift(await shop.issue(configuration, { customerEmail: `reader@${shop.slug}.example` }))
  await signIn(context, shop.merchant)
})

const tail = ({ key }: IssuedKey) => key.slice(-6)
const list = (page: Page) => page.getByRole('region', { name: 'License keys' })
const row = (page: Page, key: IssuedKey) => list(page).getByRole('row', { name: new RegExp(tail(key)) })
const drawer = (page: Page, key: IssuedKey) =>
  page.getByRole('region', { name: new RegExp(`^License key .*${tail(key)}$`) })
const [first, second] = [() => keys[0] as IssuedKey, () => keys[1] as IssuedKey]
const asks = async ({ key, organization_id }: IssuedKey, path: string, over: object = {}) =>
  (await send({ path: `/api/license/${path}`, body: { key, organization_id, ...over } })).json

test('a press on a row opens it at the side; Back, Escape and the next key work, and the address can be sent', async ({
  page,
}) => {
  await asks(first(), 'activate', { label: 'Studio iMac' })
  await asks(first(), 'activate', { label: 'ThinkPad' })
  const address = `/dashboard/${shop.slug}/license-keys?sort=createdAt`
  await page.goto(address)
  await row(page, first()).click({ position: { x: 400, y: 10 } })
  await expect(drawer(page, first())).toBeFocused()
  await expect(page).toHaveURL(new RegExp(`license-keys\\?sort=createdAt&open=${first().id}$`))
  await expect(list(page)).toBeVisible()
  await expect(drawer(page, first())).toContainText('1 of 1 device was in use')
  await expect(drawer(page, first())).toContainText('Studio iMac')
  await expect(drawer(page, first()).getByRole('button', { name: 'Raise limit to 2' })).toBeVisible()
  expect(await findings(page)).toEqual([])

  await page.keyboard.press('j')
  await expect(drawer(page, second())).toBeVisible()
  await expect(drawer(page, first())).toBeHidden()
  await page.keyboard.press('k')
  await expect(drawer(page, first())).toBeVisible()
  await drawer(page, first()).getByRole('button', { name: 'The next one' }).click()
  await expect(drawer(page, second())).toBeVisible()

  // As somebody has it who was sent the address.
  await page.reload()
  await expect(drawer(page, second())).toBeVisible()
  await expect(list(page)).toBeVisible()

  await page.goBack()
  await expect(drawer(page, second())).toBeHidden()
  await expect(page).toHaveURL(/license-keys\?sort=createdAt$/)
  await page.goForward()
  await expect(drawer(page, second())).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(drawer(page, second())).toBeHidden()
  await expect(page).toHaveURL(/license-keys\?sort=createdAt$/)
  await expect(row(page, second()).getByRole('link')).toBeFocused()
})

test('by keyboard alone: a row is opened by Enter and by Space, and Enter goes on to its page', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  const link = row(page, first()).getByRole('link')
  await expect(async () => {
    await page.keyboard.press('j')
    await expect(link).toBeFocused({ timeout: 1_000 })
  }).toPass()
  // Closed again before it has come, it stays closed.
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  await expect(page.locator('[data-peek-panel]')).toHaveCount(0)
  await page.keyboard.press('Space')
  await expect(drawer(page, first())).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(drawer(page, first())).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/license-keys/${first().id}$`))
  await expect(page.getByRole('heading', { level: 1 })).toContainText(tail(first()))
})

test('what is done in it shows in the list at once, and is still there when it is closed', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  await row(page, first()).getByRole('link').click()
  await drawer(page, first()).getByRole('button', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog', { name: /^Disable/ })
  await dialog.getByLabel('Reason').fill('asked for')
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByText('Key disabled', { exact: true })).toBeVisible()
  await expect(row(page, first())).toContainText('Disabled')
  await expect(drawer(page, first()).getByRole('button', { name: 'Enable' }).first()).toBeVisible()
  expect((await asks(first(), 'validate')).code).toBe('DISABLED')
  await drawer(page, first()).getByRole('button', { name: 'Close' }).click()
  await expect(drawer(page, first())).toBeHidden()
  await expect(row(page, first())).toContainText('Disabled')

  await row(page, second()).getByRole('link').click()
  await drawer(page, second()).getByRole('button', { name: 'Copy key', exact: true }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(second().key)
})

test('a device is freed in it', async ({ page }) => {
  await asks(first(), 'activate', { label: 'Studio iMac' })
  await page.goto(`/dashboard/${shop.slug}/license-keys?open=${first().id}`)
  await drawer(page, first()).getByRole('button', { name: 'Deactivate Studio iMac' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate', exact: true }).click()
  await expect(drawer(page, first())).toContainText('No devices yet')
  expect((await asks(first(), 'activate', { label: 'ThinkPad' })).id).toBeTruthy()
})

test('it opens beside the keys of a customer, too; what is not theirs is not there', async ({ page }) => {
  const other = await makeOrganization()
  const theirs = await other.issue(await other.configuration())
  await page.goto(`/dashboard/${shop.slug}/license-keys?open=${theirs.id}`)
  const none = page.getByRole('region', { name: 'No such key' })
  await expect(none).toBeVisible()
  await expect(page.getByText(tail(theirs))).toHaveCount(0)
  await none.getByRole('button', { name: 'Close' }).click()
  await row(page, first()).getByRole('link').click()
  await drawer(page, first())
    .getByRole('link', { name: `reader@${shop.slug}.example` })
    .click()
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/)
  const link = page.getByRole('main').getByRole('link', { name: new RegExp(tail(second())) })
  await link.click()
  await expect(drawer(page, second())).toBeVisible()
  await page.keyboard.press('j')
  await expect(drawer(page, keys[2] as IssuedKey)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`reader@${shop.slug}.example`)
})

test('where there is no room a row leads to its page, and so does an address that was sent', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 800 })
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  await row(page, first()).getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/license-keys/${first().id}$`))
  await page.goto(`/dashboard/${shop.slug}/license-keys?open=${second().id}`)
  await expect(page).toHaveURL(new RegExp(`/license-keys/${second().id}$`))
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })
  test('a row leads to its page', async ({ page }) => {
    await page.goto(`/dashboard/${shop.slug}/customers`)
    await page.goto(`/dashboard/${shop.slug}/license-keys`)
    const href = await page.locator(`a[data-peek="${first().id}"]`).getAttribute('href')
    expect(href).toBe(`/dashboard/${shop.slug}/license-keys/${first().id}`)
  })
})
