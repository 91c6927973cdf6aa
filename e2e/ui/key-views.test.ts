import type { Page } from '@playwright/test'
import { expect, test } from '../browser.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// As a merchant works: filters by chips and by typing, views that members share, all that match.

let shop: Organization
let keys: Record<'editor' | 'team' | 'expired', IssuedKey>
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  const [editor, team] = [
    await shop.configuration({ name: 'Editor' }),
    await shop.configuration({ name: 'Team seats' }),
  ]
  keys = {
    editor: await shop.issue(editor),
    team: await shop.issue(team),
    expired: await shop.issue(team, {}, { expiry: 'date', expiresOn: '2020-01-31' }),
  }
  await signIn(context, shop.merchant)
})

const list = (page: Page) => page.getByRole('region', { name: 'License keys' })
const rows = (page: Page) => list(page).getByRole('link')
const field = (page: Page) => page.getByRole('combobox', { name: 'Key, customer, order or device' })
const tail = ({ key }: IssuedKey) => key.slice(-6)
const open = (page: Page, query = '') => page.goto(`/dashboard/${shop.slug}/license-keys${query}`)

test('what chips say stands in the field, and what is typed becomes chips', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Filter' })
  await panel.getByRole('button', { name: /^Configuration/ }).click()
  await panel.getByRole('checkbox', { name: 'Team seats' }).check()
  await expect(rows(page)).toHaveCount(2)
  await expect(field(page)).toHaveValue('configuration:"Team seats"')
  await page.keyboard.press('Escape')

  await field(page).press('End')
  await field(page).pressSequentially(' status:exp')
  const offers = page.getByRole('listbox', { name: 'Filters' })
  await expect(offers.getByRole('option')).toHaveText([/^status:expiring/, /^status:expired/])
  await field(page).press('ArrowDown')
  await field(page).press('ArrowDown')
  await field(page).press('Enter')
  await expect(rows(page)).toHaveText([new RegExp(`${tail(keys.expired)}$`)])
  await expect(page).toHaveURL(/[?&]status=expired/)
  await expect(page.getByRole('button', { name: 'Status: Expired' })).toBeVisible()

  await page.getByRole('button', { name: 'Remove filter Configuration' }).click()
  await expect(field(page)).toHaveValue('status:expired')
  await field(page).fill('-status:expired')
  await expect(rows(page)).toHaveCount(2)
  await page.goBack()
  await page.getByRole('button', { name: 'Clear search' }).click()
  await expect(rows(page)).toHaveCount(3)
})

test('what is wrong in the field is told with its place, and changes nothing', async ({ page }) => {
  await open(page, '?status=expired')
  await field(page).fill('status:expired seen:soon')
  await expect(field(page)).toHaveAttribute('aria-invalid', 'true')
  await expect(field(page)).toHaveAccessibleDescription(/“soon” does not fit seen\. Expected: a time such as <30d/)
  await expect(rows(page)).toHaveCount(1)
  await field(page).fill('status:expired seen:never')
  await expect(field(page)).not.toHaveAttribute('aria-invalid')
  await expect(page.getByRole('button', { name: 'Last seen: never' })).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
})

test('a view is saved, found in the sidebar by another member, changed and removed', async ({ page, browser }) => {
  await open(page)
  await field(page).fill('status:expired')
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Save view' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save this view' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('To win back')
  await dialog.getByRole('button', { name: 'Save view' }).click()
  const views = (of: Page) => of.getByRole('list', { name: 'Views of License keys' })
  await expect(views(page).getByRole('link', { name: 'To win back' })).toHaveAttribute('aria-current', 'page')

  const other = await browser.newContext()
  await signIn(other, await shop.member('viewer'))
  const theirs = await other.newPage()
  await theirs.goto(`/dashboard/${shop.slug}`)
  await views(theirs).getByRole('link', { name: 'To win back' }).click()
  await expect(rows(theirs)).toHaveText([new RegExp(`${tail(keys.expired)}$`)])
  await expect(field(theirs)).toHaveValue('status:expired')
  await expect(theirs.getByRole('button', { name: /^(Save view|View)$/ })).toHaveCount(0)

  await field(page).fill('-status:expired')
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'View', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Save what is shown…' }).click()
  const change = page.getByRole('dialog', { name: 'Change “To win back”' })
  await expect(change.getByRole('textbox', { name: 'Filters' })).toHaveValue('-status:expired')
  await change.getByRole('textbox', { name: 'Name' }).fill('Alive')
  await change.getByRole('checkbox', { name: 'Open “License keys” with it' }).check()
  await change.getByRole('button', { name: 'Save changes' }).click()
  await expect(views(page).getByRole('link')).toHaveText(['Alive', 'All keys'])

  await theirs.goto(`/dashboard/${shop.slug}`)
  await theirs.getByRole('link', { name: 'License keys', exact: true }).click()
  await expect(rows(theirs)).toHaveCount(2)
  await views(theirs).getByRole('link', { name: 'All keys' }).click()
  await expect(rows(theirs)).toHaveCount(3)
  await other.close()

  await page.getByRole('button', { name: 'View', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Remove “Alive”…' }).click()
  await page.getByRole('button', { name: 'Remove view' }).click()
  await expect(views(page)).toHaveCount(0)
})
