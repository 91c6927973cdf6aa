import type { BrowserContext } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { openKeyString } from '#lib/key-strings/string.ts'
import { createPurchase } from '#lib/purchases/commands.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { mailsTo } from '../inbox.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

const activate = async ({ key, organization_id }: IssuedKey, label: string) => {
  expect((await send({ path: '/api/license/activate', body: { key, organization_id, label } })).status).toBe(200)
}
const signInOwnerOf = async (context: BrowserContext, { customerEmail }: IssuedKey) =>
  signIn(context, await makePerson(customerEmail))

test('where the configuration forbids it, devices can be neither deactivated nor renamed', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization({ name: 'Strict Software' })
  const key = await shop.issue(await shop.configuration({ customerMayDeactivate: false, customerMayRename: false }))
  await activate(key, 'Office PC')
  await signInOwnerOf(context, key)
  await page.goto(`/purchases/${key.id}`)
  await expect(page.getByText('Office PC')).toBeVisible()
  await expect(page.getByText('Only the seller can deactivate devices of this key. Ask Strict Software.')).toBeVisible()
  await expect(page.getByRole('button', { name: /Deactivate|Rename/ })).toHaveCount(0)
})

test('several keys of a purchase are copied at once', async ({ page, context }) => {
  const shop = await makeOrganization()
  const keyConfigurationId = await shop.configuration()
  const { id: productId } = await prisma.product.create({
    data: { organizationId: shop.id, name: 'Quill', keyConfigurations: { create: [{ keyConfigurationId }] } },
  })
  const email = `buyer-${newId().slice(-12)}@example.com`
  const order = { kind: 'one_time', reference: '', purchasedAt: null, sendMail: false } as const
  const customer = { email, name: '' }
  await createPurchase(shop.merchant, { ...order, productId, customer, quantity: 2 }, new Date())
  const keys = await prisma.licenseKey.findMany({ where: { organizationId: shop.id } })
  await signIn(context, await makePerson(email))
  await page.goto('/purchases')
  await page.getByRole('button', { name: 'Copy all 2 keys' }).click()
  await expect
    .poll(async () => (await page.evaluate(() => navigator.clipboard.readText())).split('\n').sort())
    .toEqual(keys.map(({ keyCipher }) => openKeyString(keyCipher)).sort())
})

test('a device gets another name', async ({ page, context }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await activate(key, 'DESKTOP-7HK2J')
  await signInOwnerOf(context, key)
  await page.goto(`/purchases/${key.id}`)
  await page.getByRole('button', { name: 'Rename DESKTOP-7HK2J' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rename DESKTOP-7HK2J' })
  await dialog.getByLabel('Name').fill('  ')
  await dialog.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/Enter a name/)
  await dialog.getByLabel('Name').fill('Kitchen computer')
  await dialog.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Deactivate Kitchen computer' })).toBeVisible()
})

test('a key can be copied and mailed, but not more than three times an hour', async ({ page, context }) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await signInOwnerOf(context, key)
  await page.goto(`/purchases/${key.id}`)
  await page.getByRole('button', { name: 'Copy the license key' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(key.key)
  const button = page.getByRole('button', { name: 'E-mail me this key' })
  for (let times = 1; times <= 3; times++) {
    await button.click()
    await expect.poll(async () => (await mailsTo(key.customerEmail)).length, { timeout: 15_000 }).toBe(times)
    await expect(button).not.toHaveAttribute('aria-busy', 'true')
  }
  await button.click()
  await expect(
    page.getByRole('alert').filter({ hasText: 'This key was mailed 3 times within the hour.' }),
  ).toBeVisible()
  expect(await mailsTo(key.customerEmail)).toHaveLength(3)
})

test('purchases of one address from several organizations stand together, those of others nowhere', async ({
  page,
  context,
}) => {
  const [one, two] = [await makeOrganization({ name: 'One Ltd' }), await makeOrganization({ name: 'Two Ltd' })]
  const first = await one.issue(await one.configuration({ name: 'Paint' }))
  const { customerEmail } = first
  await two.issue(await two.configuration({ name: 'Draw' }), { customerEmail })
  await two.issue(await two.configuration({ name: 'Somebody else’s' }))
  await signInOwnerOf(context, first)
  await page.goto('/purchases')
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Draw', 'Paint'])
  await expect(page.getByText(/^Two Ltd/)).toBeVisible()
  await expect(page.getByText(/^One Ltd/)).toBeVisible()
})
