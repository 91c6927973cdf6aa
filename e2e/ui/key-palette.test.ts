import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { rotateLicenseKey } from '#lib/license-keys/rotate.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// As support works: a key is pasted as a customer wrote it, from wherever they are.

let shop: Organization
let configuration: string
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  configuration = await shop.configuration({ name: 'Editor' })
  await signIn(context, shop.merchant)
})

const menu = (page: Page) => page.getByRole('dialog', { name: 'Search or jump' })
const field = (page: Page) => menu(page).getByRole('combobox')
async function open(page: Page) {
  await expect(async () => {
    if (!(await menu(page).isVisible())) await page.keyboard.press('ControlOrMeta+k')
    await expect(field(page)).toBeFocused({ timeout: 1_000 })
  }).toPass()
}
async function paste(page: Page, text: string) {
  await page.evaluate((words) => navigator.clipboard.writeText(words), text)
  await page.keyboard.press('ControlOrMeta+v')
}

test('a pasted key is opened at once: with a wrong dash, replaced, or of another organization', async ({ page }) => {
  const key = await shop.issue(configuration)
  await page.goto(`/dashboard/${shop.slug}/products`)
  await open(page)
  await paste(page, `My key: ${key.key.replaceAll('-', '–').toLowerCase()}`)
  await expect(page).toHaveURL(new RegExp(`/${shop.slug}/license-keys/${key.id}$`))

  await rotateLicenseKey(shop.merchant, { licenseKeyId: key.id, overlapHours: 0 }, new Date())
  await page.goto(`/dashboard/${shop.slug}/products`)
  await open(page)
  await field(page).pressSequentially(key.key.slice(0, -1))
  await field(page).pressSequentially(key.key.slice(-1))
  await expect(menu(page).getByRole('option')).toHaveText(/this string was replaced/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/license-keys/${key.id}$`))

  const [second, strange] = [await makeOrganization({ name: 'Second shop' }), await makeOrganization()]
  await prisma.membership.create({
    data: { organizationId: second.id, userId: shop.merchant.userId, role: 'support' },
  })
  const theirs = await second.issue(await second.configuration())
  const unknown = await strange.issue(await strange.configuration())
  await page.goto(`/dashboard/${shop.slug}`)
  await open(page)
  await paste(page, unknown.key)
  await expect(menu(page).getByRole('option')).toHaveText(/^Search all license keys/)
  await field(page).fill('')
  await paste(page, theirs.key)
  await expect(page).toHaveURL(new RegExp(`/${second.slug}/license-keys/${theirs.id}$`))
})

test('what was open lately stands first; filters and saved views are found by their words', async ({ page }) => {
  const key = await shop.issue(configuration)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(key.key.slice(-6))
  await page.goto(`/dashboard/${shop.slug}`)
  await open(page)
  await expect(menu(page).getByRole('option').first()).toContainText(key.key.slice(-6))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/license-keys/${key.id}$`))

  await open(page)
  await field(page).fill('dormant')
  await page.getByRole('option', { name: 'Keys not seen for 90 days' }).click()
  await expect(page.getByRole('combobox', { name: 'Key, customer, order or device' })).toHaveValue(
    'status:active -seen:<90d',
  )

  await open(page)
  await field(page).fill('configuration:editor status:active')
  await page.getByRole('option', { name: /^License keys: configuration:editor/ }).click()
  await expect(page.getByRole('combobox', { name: 'Key, customer, order or device' })).toHaveValue(
    'status:active configuration:Editor',
  )
  await expect(page.getByRole('region', { name: 'License keys' }).getByRole('link')).toHaveCount(1)
})
