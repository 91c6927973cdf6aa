import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// Which product a key is sold as: software that asks for one must not be refused because nobody chose any.

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
})

const product = (page: Page) => page.getByRole('combobox', { name: 'Product', exact: true })
const warning = (page: Page) => page.getByText('This key will have no product.')
async function choose(page: Page, box: string, option: string) {
  await page.getByRole('combobox', { name: box, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}
const asks = async (key: string, product_id: string) =>
  (await send({ path: '/api/license/validate', body: { key, organization_id: shop.id, product_id } })).json.code

test('the only product that grants a configuration is chosen beforehand, and the key is for it', async ({ page }) => {
  const configuration = await shop.configuration({ name: 'Editor keys' })
  await shop.configuration({ name: 'Loose keys' })
  const editor = await shop.product([configuration], 'Inkwell Editor')
  await page.goto(`/dashboard/${shop.slug}/license-keys/new`)
  await choose(page, 'Key configuration', 'Editor keys')
  await expect(product(page)).toHaveText('Inkwell Editor')
  await expect(warning(page)).toHaveCount(0)

  // Nobody grants the other one, so there is nothing to choose and nothing to warn of.
  await choose(page, 'Key configuration', 'Loose keys')
  await expect(product(page)).toHaveText('No product')
  await expect(warning(page)).toHaveCount(0)

  await choose(page, 'Key configuration', 'Editor keys')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Issue key' }).click()
  await expect(page.getByRole('link', { name: /^Open/ }).or(page.getByText('ada@example.com')).first()).toBeVisible()
  await expect.poll(() => prisma.licenseKey.count({ where: { organizationId: shop.id } })).toBe(1)
  const key = await prisma.licenseKey.findFirstOrThrow({ where: { organizationId: shop.id } })
  expect([key.productId, key.keyConfigurationId]).toEqual([editor, configuration])
})

test('where several grant it none is chosen, and without one there is a warning', async ({ page }) => {
  const configuration = await shop.configuration({ name: 'Suite keys' })
  await shop.product([configuration], 'Inkwell Draw')
  await shop.product([configuration], 'Inkwell Write')
  await page.goto(`/dashboard/${shop.slug}/license-keys/new`)
  // The only configuration is chosen beforehand too.
  await expect(product(page)).toHaveText('No product')
  await expect(warning(page)).toBeVisible()
  await expect(page.getByText(/Inkwell Draw and Inkwell Write grant Suite keys/)).toContainText('PRODUCT_MISMATCH')
  await choose(page, 'Product', 'Inkwell Write')
  await expect(warning(page)).toHaveCount(0)
  await choose(page, 'Product', 'No product')
  await expect(warning(page)).toBeVisible()
})

test('the product of a key is changed on its edit page, which says what that means; software sees it at once', async ({
  page,
}) => {
  const configuration = await shop.configuration({ name: 'Suite keys' })
  const draw = await shop.product([configuration], 'Inkwell Draw')
  const write = await shop.product([configuration], 'Inkwell Write')
  const { id, key } = await shop.issue(configuration)
  expect(await asks(key, draw)).toBe('PRODUCT_MISMATCH')
  await page.goto(`/dashboard/${shop.slug}/license-keys/${id}/edit`)
  await expect(page.getByText('It has no product: software that asks for one refuses it')).toBeVisible()
  await choose(page, 'Product', 'Inkwell Draw')
  await expect(page.getByText('Software that asks for Inkwell Draw accepts it.')).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page).toHaveURL(new RegExp(`/license-keys/${id}$`))
  expect(await asks(key, draw)).toBe('VALID')

  await page.goto(`/dashboard/${shop.slug}/license-keys/${id}/edit`)
  await choose(page, 'Product', 'Inkwell Write')
  await expect(
    page.getByText(/asks for Inkwell Write accepts it; software that asks for Inkwell Draw refuses it/),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page).toHaveURL(new RegExp(`/license-keys/${id}$`))
  expect([await asks(key, draw), await asks(key, write)]).toEqual(['PRODUCT_MISMATCH', 'VALID'])
})
