import type { Page } from '@playwright/test'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
})

const list = (page: Page) => page.getByRole('region', { name: 'License keys' })
/** The first column of each row. */
const rows = (page: Page) => list(page).getByRole('link')
const tail = ({ key }: IssuedKey) => key.slice(-6)
const open = (page: Page, query = '') => page.goto(`/dashboard/${shop.slug}/license-keys${query}`)
const validate = ({ key, organization_id }: IssuedKey) =>
  send({ path: '/api/license/validate', body: { key, organization_id } })

test('keys are found by the whole key, its last characters and the customer', async ({ page }) => {
  const configuration = await shop.configuration({ prefix: 'FIND' })
  const keys = [await shop.issue(configuration), await shop.issue(configuration), await shop.issue(configuration)]
  const wanted = keys[1] as IssuedKey
  await open(page)
  await expect(rows(page)).toHaveCount(3)
  const search = page.getByRole('combobox', { name: 'Key, customer, order or device' })
  for (const words of [wanted.key, wanted.key.toLowerCase(), tail(wanted), wanted.customerEmail]) {
    await search.fill(words)
    await expect(rows(page), words).toHaveCount(1)
    await expect(rows(page), words).toContainText(tail(wanted))
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect(rows(page)).toHaveCount(3)
  }
  await search.fill('nothing like it')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await page.getByRole('button', { name: 'Clear search and filters' }).click()
  await expect(rows(page)).toHaveCount(3)
})

test('a status chip filters the list, stays in the address and comes off again', async ({ page }) => {
  const configuration = await shop.configuration()
  await shop.issue(configuration)
  const expired = await shop.issue(configuration, {}, { expiry: 'date', expiresOn: '2020-01-31' })
  await open(page)
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Status', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Expired' }).check()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText(tail(expired))
  await expect(page).toHaveURL(/[?&]status=expired/)
  await page.reload()
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Remove filter Status' }).click()
  await expect(rows(page)).toHaveCount(2)
  await expect(page).not.toHaveURL(/status=/)
})

test('a press on a header sorts by it, a second one the other way round', async ({ page }) => {
  const configuration = await shop.configuration()
  const names = ['berta', 'anton', 'carla']
  const keys = new Map<string, IssuedKey>()
  for (const name of names)
    keys.set(name, await shop.issue(configuration, { customerEmail: `${name}@${shop.slug}.example` }))
  await open(page)
  const header = page.getByRole('columnheader', { name: 'Customer' })
  const tails = (...order: string[]) => order.map((name) => new RegExp(`${tail(keys.get(name) as IssuedKey)}$`))
  await header.getByRole('button').click()
  await expect(header).toHaveAttribute('aria-sort', 'ascending')
  await expect(rows(page)).toHaveText(tails('anton', 'berta', 'carla'))
  await header.getByRole('button').click()
  await expect(header).toHaveAttribute('aria-sort', 'descending')
  await expect(rows(page)).toHaveText(tails('carla', 'berta', 'anton'))
})

test('sixty keys fill one page and a bit', async ({ page }) => {
  const configuration = await shop.configuration()
  const customerEmail = `many@${shop.slug}.example`
  for (let at = 0; at < 60; at++) await shop.issue(configuration, { customerEmail })
  await open(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('License keys60')
  const pages = page.getByRole('navigation', { name: 'Pages' })
  await expect(pages).toContainText('1–50 of 60')
  await expect(rows(page)).toHaveCount(50)
  await pages.getByRole('button', { name: 'Next page' }).click()
  await expect(pages).toContainText('51–60 of 60')
  await expect(rows(page)).toHaveCount(10)
  await expect(page).toHaveURL(/[?&]page=2/)
  await expect(pages.getByRole('button', { name: 'Next page' })).toHaveAttribute('aria-disabled', 'true')
  await page.goBack()
  await expect(rows(page)).toHaveCount(50)
})

test('selected keys are disabled after a question, and the very next validation is refused', async ({ page }) => {
  const configuration = await shop.configuration()
  const [first, second, third] = [
    await shop.issue(configuration),
    await shop.issue(configuration),
    await shop.issue(configuration),
  ]
  expect((await validate(first)).json.code).toBe('VALID')
  await open(page)
  for (const key of [first, second])
    await list(page)
      .getByRole('checkbox', { name: new RegExp(`^Select .*${tail(key)}$`) })
      .check()
  const bar = page.getByRole('region', { name: 'Selected rows' })
  await expect(bar).toContainText('2 selected')
  await bar.getByRole('button', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disable 2 keys?' })
  await expect(dialog).toContainText(
    /were validated(?: 1 time today without a device)?, last .*: that software is refused/,
  )
  expect((await validate(first)).json.code).toBe('VALID')
  await dialog.getByLabel('Reason').fill('Chargeback')
  await dialog.getByRole('button', { name: 'Disable 2 keys' }).click()
  await expect(page.getByText('2 keys disabled')).toBeVisible()
  expect((await validate(first)).json.code).toBe('DISABLED')
  expect((await validate(second)).json.code).toBe('DISABLED')
  expect((await validate(third)).json.code).toBe('VALID')
  await expect(list(page).getByRole('row').filter({ hasText: 'Disabled' })).toHaveCount(2)
  await expect(bar).toBeHidden()
})
