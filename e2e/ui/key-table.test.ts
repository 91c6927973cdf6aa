import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// The table itself: by keyboard alone, all that match, and as somebody wants it to look.

let shop: Organization
let configuration: string
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  configuration = await shop.configuration()
  await signIn(context, shop.merchant)
})

const list = (page: Page) => page.getByRole('region', { name: 'License keys' })
const rows = (page: Page) => list(page).getByRole('link')
const bar = (page: Page) => page.getByRole('region', { name: 'Selected rows' })
const selected = (page: Page) => list(page).getByRole('row', { selected: true })
const tail = ({ key }: IssuedKey) => key.slice(-6)
const open = (page: Page, query = '') => page.goto(`/dashboard/${shop.slug}/license-keys${query}`)
const issue = async (count: number, customerEmail = `many@${shop.slug}.example`) => {
  const keys: IssuedKey[] = []
  for (let at = 0; at < count; at++) keys.push(await shop.issue(configuration, { customerEmail }))
  // As the list has them: the newest first.
  return keys.toReversed()
}
const codeOf = async ({ key, organization_id }: IssuedKey) =>
  (await send({ path: '/api/license/validate', body: { key, organization_id } })).json.code

/** Letters count once the page's scripts are there. */
async function firstRow(page: Page) {
  const first = rows(page).first()
  await expect(async () => {
    if (!(await first.evaluate((link) => link === document.activeElement))) await page.keyboard.press('j')
    await expect(first).toBeFocused({ timeout: 1_000 })
  }).toPass()
}

test('rows are walked, ticked, copied and opened by keyboard alone', async ({ page }) => {
  const keys = await issue(5)
  await open(page)
  await expect(rows(page)).toHaveCount(5)
  const { keyboard } = page
  await firstRow(page)
  await keyboard.press('j')
  await keyboard.press('j')
  await keyboard.press('k')
  await expect(rows(page).nth(1)).toBeFocused()
  await keyboard.press('x')
  await expect(selected(page)).toHaveCount(1)
  await keyboard.press('j')
  await keyboard.press('j')
  await keyboard.press('Shift+X')
  await expect(selected(page)).toHaveCount(3)
  await expect(bar(page)).toContainText('3 selected')
  await keyboard.press('Escape')
  await expect(selected(page)).toHaveCount(0)
  await keyboard.press('k')
  await keyboard.press('Shift+J')
  await expect(selected(page)).toHaveCount(2)
  await keyboard.press('c')
  await copied(page, new RegExp(`^many@${shop.slug}\\.example$`))

  await keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help).toContainText('Select the row')
  await keyboard.press('j')
  await keyboard.press('Escape')
  await expect(help).toBeHidden()

  // In a field letters are letters.
  await keyboard.press('/')
  await keyboard.type('jxk')
  await expect(page.getByRole('combobox', { name: 'Key, customer, order or device' })).toHaveValue('jxk')
  await keyboard.press('Escape')
  await expect(rows(page)).toHaveCount(5)
  await page.getByRole('heading', { level: 1 }).click()
  await firstRow(page)
  await keyboard.press('Enter')
  await expect(page.getByRole('region', { name: /^License key / })).toBeFocused()
  await keyboard.press('Enter')
  await expect(page).toHaveURL(/\/license-keys\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(tail(keys[0] as IssuedKey))
})

test('all that match a filter are selected, and one action reaches them beyond the page', async ({ page }) => {
  const others = await issue(1, `other@${shop.slug}.example`)
  const keys = await issue(30)
  await open(page, `?size=25&customer=many`)
  await expect(rows(page)).toHaveCount(25)
  await page.getByRole('checkbox', { name: 'Select this page' }).check()
  await expect(bar(page)).toContainText('25 selected')
  await bar(page).getByRole('button', { name: 'Select all 30 matching' }).click()
  await expect(bar(page)).toContainText('All 30 selected')
  await bar(page).getByRole('button', { name: 'Disable' }).click()
  const dialog = page.getByRole('dialog', { name: 'Disable 30 keys?' })
  await dialog.getByRole('button', { name: 'Disable 30 keys' }).click()
  await expect(page.getByText('30 keys disabled')).toBeVisible()
  expect(await codeOf(keys.at(-1) as IssuedKey)).toBe('DISABLED')
  expect(await codeOf(others[0] as IssuedKey)).toBe('VALID')

  // What matches is another thing once the filter is.
  await page.getByRole('checkbox', { name: 'Select this page' }).check()
  await bar(page).getByRole('button', { name: 'Select all 30 matching' }).click()
  await page.getByRole('button', { name: 'Remove filter Customer' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('License keys31')
  await expect(bar(page)).toContainText('25 selected')
})

test('what is ticked is had as a file, CSV or JSON', async ({ page }) => {
  const keys = await issue(3)
  await open(page)
  for (const key of keys.slice(0, 2))
    await list(page)
      .getByRole('checkbox', { name: new RegExp(`^Select .*${tail(key)}$`) })
      .check()
  const file = async (format: string) => {
    await bar(page).getByRole('button', { name: 'Export' }).click()
    const arrives = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: format }).click()
    return readFileSync(await (await arrives).path(), 'utf8')
  }
  const json = JSON.parse(await file('JSON')) as { key: string }[]
  expect(json.map(({ key }) => key).sort()).toEqual(
    keys
      .slice(0, 2)
      .map(({ key }) => key)
      .sort(),
  )
  const csv = await file('CSV')
  expect(csv).toContain(keys[1]?.key)
  expect(csv).not.toContain(keys[2]?.key)
  await expect(bar(page)).toContainText('2 selected')
})

test('columns are chosen, moved and made wider, rows closer, and the next page comes so at once', async ({ page }) => {
  await issue(2)
  await open(page)
  const heads = () => list(page).getByRole('columnheader').allInnerTexts()
  const names = async () => (await heads()).map((text) => text.trim()).filter(Boolean)
  const before = await names()
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Columns' })
  await panel.getByRole('checkbox', { name: '7 days' }).uncheck()
  await panel.getByRole('checkbox', { name: 'Product' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(panel.getByRole('checkbox', { name: 'Product' })).toBeFocused()
  const width = async () => (await list(page).getByRole('columnheader', { name: 'Product' }).boundingBox())?.width ?? 0
  const usual = await width()
  for (let i = 0; i < 6; i++) await page.keyboard.press('Alt+ArrowRight')
  await panel.getByRole('checkbox', { name: 'Rows closer together' }).check()
  await page.keyboard.press('Escape')
  await expect.poll(width).toBeGreaterThan(usual + 80)

  const [customer, product] = [before.indexOf('Customer'), before.indexOf('Product')]
  const wanted = before
    .with(customer, 'Product')
    .with(product, 'Customer')
    .filter((name) => name !== '7 days')
  expect(await names()).toEqual(wanted)

  // The server draws it so, and nothing moves when the page's scripts come.
  const html = await (await page.request.get(page.url())).text()
  const drawn = [...html.matchAll(/<th[^>]*data-column="(\w+)"/g)].map(([, id]) => id)
  const shown = await list(page)
    .getByRole('columnheader')
    .evaluateAll((cells) => cells.flatMap((cell) => cell.dataset.column ?? []))
  expect(drawn).toEqual(shown)
  expect(html).toMatch(/<table[^>]*data-dense/)
  await page.reload()
  await expect(rows(page)).toHaveCount(2)
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((entries) => {
          for (const entry of entries.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
      }),
  )
  expect(shift).toBe(0)

  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  await panel.getByRole('button', { name: 'As it comes' }).click()
  expect(await names()).toEqual(before)
})

test('tags, metadata and risk can be columns, and are filtered by', async ({ page }) => {
  const [marked, plain] = await issue(2)
  if (!marked || !plain) throw new Error('no keys')
  await prisma.licenseKey.update({
    where: { id: marked.id },
    data: { tags: ['beta', 'press'], metadata: { team: 'red', seat: '7' } },
  })
  const risk = { organizationId: shop.id, level: 'look' }
  await prisma.keyRisk.upsert({
    where: { licenseKeyId: marked.id },
    create: { ...risk, licenseKeyId: marked.id, score: 72 },
    update: { ...risk, score: 72 },
  })
  await open(page)
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Columns' })
  for (const name of ['Tags', 'team', 'Risk']) await panel.getByRole('checkbox', { name, exact: true }).check()
  await page.keyboard.press('Escape')
  const row = list(page).getByRole('row', { name: new RegExp(tail(marked)) })
  for (const text of ['beta', 'press', 'red', '72']) await expect(row.getByText(text, { exact: true })).toBeVisible()
  await expect(list(page).getByRole('columnheader', { name: 'seat' })).toHaveCount(0)

  const search = page.getByRole('combobox', { name: 'Key, customer, order or device' })
  await search.fill('risk:>60 ')
  await search.press('Enter')
  await expect(rows(page)).toHaveCount(1)
  await expect(page.getByRole('button', { name: /^Risk/ })).toContainText('over 60')
  await expect(page).toHaveURL(/risk=%3E60|risk=>60/)
  // As it was, on another page of keys too.
  await open(page, '?risk=0')
  await expect(rows(page)).toHaveCount(1)
  await expect(list(page).getByRole('columnheader', { name: 'team' })).toBeVisible()
  await expect(list(page)).toContainText(tail(plain))
})
