import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
})

test('an edit says what it does to existing keys before it does it', async ({ page }) => {
  const configuration = await shop.configuration({ name: 'Team', activationLimit: 1 })
  const { key, organization_id } = await shop.issue(configuration)
  const activate = async (label: string) =>
    (await send({ path: '/api/license/activate', body: { key, organization_id, label } })).status
  expect(await activate('One')).toBe(200)
  expect(await activate('Two')).toBe(403)

  await page.goto(`/dashboard/${shop.slug}/key-configurations/${configuration}`)
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.getByLabel('Device limit').fill('2')
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByRole('heading', { name: 'What changes' })).toBeVisible()
  await expect(page.getByRole('definition').filter({ hasText: '1 device' })).toContainText('2 devices')
  await expect(page.getByRole('heading', { name: 'Existing keys' })).toBeVisible()
  await expect(page.getByText(/1 key .*(device|limit)/i).first()).toBeVisible()
  expect(await activate('Two')).toBe(403)
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Team' })).toBeVisible()
  await expect(page.getByText('Key configuration “Team” changed')).toBeVisible()
  expect(await activate('Two')).toBe(200)
})

test('an archived configuration issues no more keys, not even from a form that was open; its keys go on', async ({
  page,
  context,
}) => {
  const configuration = await shop.configuration({ name: 'Old edition' })
  const { key, organization_id } = await shop.issue(configuration)
  const form = await context.newPage()
  await form.goto(`/dashboard/${shop.slug}/license-keys/new`)
  await expect(form.getByRole('combobox', { name: 'Key configuration' })).toContainText('Old edition')

  await page.goto(`/dashboard/${shop.slug}/key-configurations/${configuration}`)
  await page.getByRole('button', { name: 'Archive' }).click()
  const dialog = page.getByRole('dialog', { name: 'Archive Old edition?' })
  await expect(dialog).toContainText('The key that was issued keeps working.')
  await dialog.getByRole('button', { name: 'Archive' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Restore' })).toBeVisible()

  await form.getByLabel('E-mail').fill('late@example.com')
  await form.getByRole('button', { name: 'Issue key' }).click()
  await expect(form.getByRole('combobox', { name: 'Key configuration' })).toHaveAccessibleDescription(/is archived/)
  await expect(form.getByLabel('E-mail')).toHaveValue('late@example.com')
  await form.reload()
  await expect(form.getByText('Create a key configuration first')).toBeVisible()
  expect((await send({ path: '/api/license/validate', body: { key, organization_id } })).json.code).toBe('VALID')
})
