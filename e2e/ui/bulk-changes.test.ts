import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
let configuration: string
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  configuration = await shop.configuration({ name: 'Team' })
  await signIn(context, shop.merchant)
})

const code = async ({ key, organization_id }: IssuedKey) =>
  (await send({ path: '/api/license/validate', body: { key, organization_id } })).json.code as string
const openList = (page: Page, query = '') => page.goto(`/dashboard/${shop.slug}/license-keys${query}`)
const bar = (page: Page) => page.getByRole('region', { name: 'Selected rows' })
const list = (page: Page) => page.getByRole('region', { name: 'License keys' })
const tail = ({ key }: IssuedKey) => key.slice(-6)

async function select(page: Page, keys: IssuedKey[]) {
  for (const key of keys)
    await list(page)
      .getByRole('checkbox', { name: new RegExp(`^Select .*${tail(key)}$`) })
      .check()
}

/** More keys like this one, straight into the database. */
async function manyLike({ id }: IssuedKey, count: number): Promise<void> {
  await prisma.$executeRaw`INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, key_cipher,
      last_characters, created_at, updated_at)
    SELECT gen_random_uuid(), organization_id, key_configuration_id, customer_id, sha256(n::text::bytea || key_hash), key_cipher,
      lpad(n::text, 6, '0'), created_at - n * interval '1 second', updated_at
    FROM license_keys, generate_series(1, ${count}::int) n WHERE id = ${id}::uuid`
}

test('selected keys are disabled as the preview says, and a toast takes it back', async ({ page }) => {
  const keys = [await shop.issue(configuration), await shop.issue(configuration), await shop.issue(configuration)]
  const [first, second] = keys as [IssuedKey, IssuedKey]
  await prisma.licenseKey.update({ where: { id: second.id }, data: { status: 'disabled' } })
  await openList(page)
  await select(page, keys)
  await bar(page).getByRole('button', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disable 2 keys?' })
  await expect(dialog).toContainText('1 key stays as it is: 1 disabled already.')
  await dialog.getByText('1 key stays as it is').click()
  await expect(dialog.getByRole('link', { name: tail(second) })).toBeVisible()
  await dialog.getByRole('button', { name: 'Disable 2 keys' }).click()
  await expect(page.getByText('2 keys disabled')).toBeVisible()
  expect(await code(first)).toBe('DISABLED')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 2 keys')).toBeVisible()
  expect(await code(first)).toBe('VALID')
  expect(await code(second)).toBe('DISABLED')
})

test('all that match are changed in the background; the page moves, lists what became of each, and takes it back', async ({
  page,
}) => {
  const key = await shop.issue(configuration)
  const other = await shop.issue(await shop.configuration({ name: 'Solo' }))
  await manyLike(key, 1_200)
  await openList(page, `?configuration=${configuration}`)
  await page.getByRole('checkbox', { name: 'Select this page' }).check()
  await bar(page).getByRole('button', { name: 'Select all 1,201 matching' }).click()
  await bar(page).getByRole('button', { name: 'Revoke' }).click()
  const dialog = page.getByRole('dialog', { name: 'Revoke 1,201 keys?' })
  await expect(dialog).toContainText('1 customer will be told by mail')
  await expect(dialog).toContainText('It runs in the background')
  await dialog.getByLabel('Reason').fill('Leaked list')
  await dialog.getByRole('button', { name: 'Revoke 1,201 keys' }).click()
  await expect(page).toHaveURL(/\/bulk-changes\/[0-9a-f-]{36}$/)
  // It moves by itself.
  await expect(page.getByRole('heading', { level: 1, name: '1,201 keys revoked' })).toBeVisible({ timeout: 90_000 })
  await expect(page.getByText('Reason: “Leaked list”')).toBeVisible()
  expect(await code(key)).toBe('REVOKED')
  expect(await code(other)).toBe('VALID')
  // Somebody means one of them to be otherwise meanwhile.
  await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'disabled', revokedFor: [] } })
  await page.getByRole('button', { name: 'Undo' }).click()
  const undo = page.getByRole('dialog', { name: 'Undo “1,201 keys revoked”?' })
  await expect(undo).toContainText('1,200 keys will be exactly what they were before.')
  await expect(undo).toContainText('1: changed since: status')
  await undo.getByRole('button', { name: 'Undo for 1,200 keys' }).click()
  await expect(page.getByText('Taken back by Mira Member')).toBeVisible({ timeout: 90_000 })
  await page.getByRole('link', { name: 'Left alone' }).click()
  await expect(page.getByRole('region', { name: 'Keys' }).getByRole('link')).toHaveCount(1)
  await expect(page.getByText('Changed since: status')).toBeVisible()
  expect(await code(key)).toBe('DISABLED')
  expect(await prisma.licenseKey.count({ where: { keyConfigurationId: configuration, status: 'granted' } })).toBe(1_200)
  // The palette leads to it, and history has one row each way.
  await page.goto(`/dashboard/${shop.slug}/history`)
  await page.getByRole('link', { name: /1,201 keys revoked/ }).click()
  await page.getByRole('link', { name: 'Results and undo' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '1,201 keys revoked' })).toBeVisible()
})

test('more time, limits, another configuration and tags are asked for, previewed and done', async ({ page }) => {
  const keys = [
    await shop.issue(configuration, {}, { expiry: 'date', expiresOn: '2099-01-31' }),
    await shop.issue(configuration),
  ]
  await shop.configuration({ name: 'Studio' })
  await openList(page)
  const begin = async (item: string) => {
    await select(page, keys)
    await bar(page).getByRole('button', { name: 'More changes' }).click()
    await page.getByRole('menuitem', { name: item }).click()
    return page.getByRole('dialog')
  }
  let dialog = await begin('Change the end…')
  await dialog.getByLabel('How much').fill('0')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByText('Enter a whole number from 1')).toBeVisible()
  await dialog.getByLabel('How much').fill('2')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog).toContainText('1 key of 1 customer will change.')
  await expect(dialog).toContainText('1 no end that could be moved')
  await dialog.getByRole('button', { name: 'Change end of 1 key' }).click()
  await expect(page.getByText('1 key given another end')).toBeVisible()

  dialog = await begin('Move to another configuration…')
  await dialog.getByRole('combobox', { name: 'Configuration' }).click()
  await page.getByRole('option', { name: 'Studio' }).click()
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog).toContainText('Software that asks for the one they come from still finds them good.')
  await dialog.getByRole('button', { name: 'Move 2 keys' }).click()
  await expect(page.getByText('2 keys moved')).toBeVisible()

  dialog = await begin('Change limits…')
  await dialog.getByRole('combobox', { name: 'Devices' }).click()
  await page.getByRole('option', { name: 'A limit' }).click()
  await dialog.getByLabel('Device limit').fill('7')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByRole('button', { name: 'Change limits of 2 keys' }).click()
  await expect(page.getByText('2 keys given other limits')).toBeVisible()

  dialog = await begin('Add or remove tags…')
  await dialog.getByLabel('Add').fill('vip, beta')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByRole('button', { name: 'Tag 2 keys' }).click()
  await expect(page.getByText('2 keys tagged')).toBeVisible()
  const rows = await prisma.licenseKey.findMany({ where: { organizationId: shop.id } })
  for (const row of rows) expect(row).toMatchObject({ activationLimitOverride: 7, tags: ['vip', 'beta'] })

  await page.goto(`/dashboard/${shop.slug}/bulk-changes`)
  await expect(page.getByRole('region', { name: 'Bulk changes' }).getByRole('link')).toHaveCount(4)
})

test('what is done to one key is taken back from its toast: disabled, edited, a device deactivated', async ({
  page,
}) => {
  const key = await shop.issue(configuration)
  const device = await send({
    path: '/api/license/activate',
    body: { key: key.key, organization_id: key.organization_id, label: 'Studio iMac' },
  })
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  const undo = async () => {
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByText('Undone for 1 key')).toBeVisible()
    await page.reload()
  }
  await page.getByRole('main').getByRole('button', { name: 'Disable', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click()
  await expect(page.getByText('Key disabled', { exact: true }).first()).toBeVisible()
  expect(await code(key)).toBe('DISABLED')
  await undo()
  expect(await code(key)).toBe('VALID')

  await page.getByRole('button', { name: 'Deactivate Studio iMac' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await expect(page.getByText('Studio iMac deactivated')).toBeVisible()
  await undo()
  const row = await prisma.activation.findUniqueOrThrow({ where: { id: device.json.id as string } })
  expect(row.deactivatedAt).toBeNull()

  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByRole('textbox', { name: 'Note' }).fill('Press copy')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expect(page).not.toHaveURL(/undo=/)
  await undo()
  expect((await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })).note).toBe('')
})

test('a configuration is changed for new keys only, and that is taken back', async ({ page }) => {
  const key = await shop.issue(configuration)
  await page.goto(`/dashboard/${shop.slug}/key-configurations/${configuration}/edit`)
  await page.getByLabel('Device limit').fill('1')
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByText('3 devices').first()).toBeVisible()
  await page.getByRole('radio', { name: 'New keys only' }).check()
  await expect(page.getByText('1 existing key keeps 3 devices')).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('Team saved')).toBeVisible()
  const later = await shop.issue(configuration)
  const limitOf = async ({ key, organization_id }: IssuedKey) =>
    (await send({ path: '/api/license/validate', body: { key, organization_id } })).json.limit_activations
  expect([await limitOf(key), await limitOf(later)]).toEqual([3, 1])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone for 1 key')).toBeVisible()
  expect([await limitOf(key), await limitOf(later)]).toEqual([3, 3])
  const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  expect(row.activationsModeOverride).toBeNull()
})
