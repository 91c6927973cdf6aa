import type { Page } from '@playwright/test'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { waitForMail } from '../inbox.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
let key: IssuedKey
test.beforeEach(async ({ context, page }) => {
  shop = await makeOrganization()
  key = await shop.issue(await shop.configuration({ prefix: 'ONE' }), { productId: await shop.product() })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
})

const history = (page: Page) => page.getByRole('list').filter({ hasText: 'Issued for purchase' }).getByRole('listitem')
/** Somewhere in it: mail that goes out meanwhile writes its own lines. */
const told = (page: Page, words: string) => expect(history(page).filter({ hasText: words })).toHaveCount(1)
const call = (verb: string, more: object = {}) =>
  send({ path: `/api/license/${verb}`, body: { key: key.key, organization_id: shop.id, ...more } })
const code = async () => (await call('validate')).json.code as string

/** Presses a button of the title line and the one in the dialog that asks. */
async function act(page: Page, name: string, confirm = name, reason?: string) {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(key.key.slice(-6))
  if (reason) await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: confirm, exact: true }).click()
  await expect(dialog).toBeHidden()
}

test('a key is masked until it is revealed, which the history says, and copied whole', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`ONE_••••${key.key.slice(-6)}`)
  expect(await page.content()).not.toContain(key.key)
  await page.getByRole('button', { name: 'Reveal' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(key.key)
  await told(page, 'Key revealed by Mira Member')
  await page.getByRole('button', { name: 'Copy key', exact: true }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(key.key)
  await page.getByRole('button', { name: 'Hide' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('••••')
})

test('a key is disabled and enabled, revoked and restored; software sees each at once', async ({ page }) => {
  expect(await code()).toBe('VALID')
  await act(page, 'Disable', 'Disable', 'Chargeback')
  expect(await code()).toBe('DISABLED')
  await told(page, 'Key disabled “Chargeback” by Mira Member')
  await act(page, 'Enable')
  expect(await code()).toBe('VALID')
  await act(page, 'Revoke')
  expect(await code()).toBe('REVOKED')
  await expect(page.getByRole('button', { name: 'Enable', exact: true })).toHaveCount(0)
  await act(page, 'Restore')
  expect(await code()).toBe('VALID')
  await told(page, 'Key restored by Mira Member')
})

test('nobody is called unaffected while software without a device uses the key', async ({ page }) => {
  const asks = async (name: 'Disable' | 'Revoke', words: string | RegExp) => {
    await page.getByRole('main').getByRole('button', { name, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(words)
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
    await expect(dialog).toBeHidden()
  }
  const nobody = 'Nobody is affected now: no device is activated, and nothing has validated it in the last seven days.'
  for (const name of ['Disable', 'Revoke'] as const) await asks(name, nobody)
  expect(await code()).toBe('VALID')
  // The count of the day is written a moment after the answer; when it was last told yes is known at once.
  const used =
    /^(?!.*Nobody is affected).*was validated( 1 time today without a device)?, last .*: that software is refused/s
  await page.reload()
  for (const name of ['Disable', 'Revoke'] as const) await asks(name, used)
})

test('a key is rotated: the new string is shown, the old one goes on working on its device, and the history says so', async ({
  page,
}) => {
  const device = (await call('activate', { label: 'Studio iMac' })).json.id as string
  const on = (keyString: string, more: object = {}) =>
    send({ path: '/api/license/validate', body: { key: keyString, organization_id: shop.id, ...more } })
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(`Rotate ONE_••••${key.key.slice(-6)}?`)
  await expect(dialog).toContainText('Its limits, counts and devices stay')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  await expect(dialog).toBeHidden()
  const title = page.getByRole('heading', { level: 1 })
  await expect(title).toHaveText(/^ONE_[0-9A-F-]{36}$/)
  const fresh = (await title.textContent()) ?? ''
  expect(fresh).not.toBe(key.key)
  expect((await on(fresh)).json.code).toBe('VALID')
  expect((await on(key.key)).json.code).toBe('REPLACED')
  expect((await on(key.key, { activation_id: device })).json).toMatchObject({ code: 'VALID', key: key.key })
  await told(page, 'Key string replaced')
  expect(await waitForMail(key.customerEmail)).toMatchObject({ text: expect.stringContaining(fresh) })
})

test('a limit of its own is shown as overridden and holds at once', async ({ page }) => {
  for (const label of ['One', 'Two', 'Three']) expect((await call('activate', { label })).status).toBe(200)
  expect((await call('activate', { label: 'Four' })).json.code).toBe('ACTIVATION_LIMIT_REACHED')
  await page.reload()
  await expect(page.getByText(/Refused once in the last 3 days, last .*:/)).toBeVisible()
  await expect(page.getByText('overridden', { exact: true })).toHaveCount(0)
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByRole('group', { name: 'How many devices' }).getByRole('radio', { name: 'Custom limit' }).check()
  await page.getByRole('textbox', { name: 'Devices' }).fill('5')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('overridden', { exact: true })).toHaveCount(1)
  await expect(page.getByText('of 5', { exact: true })).toBeVisible()
  await expect(page.getByText(/Refused once in the last 3 days, last .*:/)).toHaveCount(0)
  expect((await call('activate', { label: 'Four' })).status).toBe(200)
})

test('a device is renamed and deactivated by name, and its slot is free', async ({ page }) => {
  const activated = await call('activate', { label: 'Old laptop' })
  await page.reload()
  await page.getByRole('button', { name: 'Rename Old laptop' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Kitchen laptop')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename', exact: true }).click()
  await page.getByRole('button', { name: 'Deactivate Kitchen laptop' }).click()
  const dialog = page.getByRole('dialog', { name: 'Deactivate Kitchen laptop?' })
  await dialog.getByRole('button', { name: 'Deactivate', exact: true }).click()
  await expect(page.getByText('No devices yet')).toBeVisible()
  await told(page, 'Device deactivated Kitchen laptop by Mira Member')
  expect((await call('validate', { activation_id: activated.json.id })).json.code).toBe('ACTIVATION_NOT_FOUND')
})

test('a note is kept', async ({ page }) => {
  await page.getByRole('button', { name: 'Add a note' }).click()
  await page.getByRole('textbox', { name: 'Note' }).fill('Paid by invoice 17')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Edit note' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('Paid by invoice 17', { exact: true })).toBeVisible()
})

test('the key is mailed again when asked to', async ({ page }) => {
  await act(page, 'Resend mail', 'Send')
  expect((await waitForMail(key.customerEmail)).text).toContain(key.key)
  // The page moves by itself.
  await told(page, `Key mailed ${key.customerEmail}`)
})
