import type { Page } from '@playwright/test'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { makeOrganization } from '../organization.ts'
import { routes, visitOf } from '../pages.ts'
import { signIn } from '../session.ts'

// What pages.test.ts does not see: what opens, what is empty, what went wrong.

let shop: FullOrganization
test.beforeAll(async () => {
  shop = await makeFullOrganization()
})

const isFine = async (page: Page, what: string, options = {}) =>
  expect.soft(await findings(page, options), what).toEqual([])

test('lists, menus, questions and filters are accessible while they are open', async ({ page, context }) => {
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  await page.getByRole('button', { name: 'Status', exact: true }).click()
  await expect(page.getByRole('checkbox', { name: 'Expired' })).toBeVisible()
  await isFine(page, 'filter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Columns' }).click()
  await expect(page.getByRole('dialog', { name: 'Columns' })).toBeVisible()
  await isFine(page, 'columns', { inPortal: true })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /Account/ }).click()
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
  await isFine(page, 'account', { inPortal: true })
  await page.keyboard.press('Escape')
  await page.getByRole('checkbox', { name: 'Select this page' }).check()
  await isFine(page, 'selected rows')
  await page.getByRole('region', { name: 'Selected rows' }).getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await isFine(page, 'question')
})

test('a form with errors, its review and an open choice are accessible', async ({ page, context }) => {
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/key-configurations/new`)
  await page.getByLabel('Prefix').fill('not a prefix')
  await page.getByRole('button', { name: 'Review' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toHaveAccessibleDescription(/Enter a name/)
  await expect(name).toBeFocused()
  await isFine(page, 'errors')
  await name.fill('Something')
  await page.getByLabel('Prefix').fill('')
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByRole('button', { name: 'Save configuration' })).toBeVisible()
  await isFine(page, 'review')
  await page.goto(`/dashboard/${shop.slug}/license-keys/new`)
  await page.getByRole('combobox', { name: 'Key configuration' }).click()
  await expect(page.getByRole('option').first()).toBeVisible()
  await isFine(page, 'choice', { inPortal: true })
})

test('the customer’s question and the drawer of a phone are accessible', async ({ page, context }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(context, shop.alice)
  await page.goto(`/purchases/${shop.keyId}`)
  await page
    .getByRole('button', { name: /^Deactivate/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await isFine(page, 'question')
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await expect(page.getByRole('dialog', { name: 'Navigation' })).toBeVisible()
  await isFine(page, 'drawer')
})

test('what is empty says what to do next, accessibly', async ({ page, context }) => {
  test.setTimeout(240_000)
  const empty = await makeOrganization()
  await signIn(context, empty.merchant)
  for (const route of routes.filter((each) => !each.includes('[id]') && /\[organization\]/.test(each))) {
    await page.goto(visitOf(route).path({ ...shop, slug: empty.slug }))
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    await isFine(page, route)
  }
  await page.goto('/purchases')
  await expect(page.getByText('Nothing was bought with this address')).toBeVisible()
  await isFine(page, '/purchases')
})
