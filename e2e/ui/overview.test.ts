import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { createEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// The first page: its charts, the tables beside them, and where they lead.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

let shop: Organization
let soon: IssuedKey
let configuration: string
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  configuration = await shop.configuration()
  soon = await shop.issue(configuration)
  await signIn(context, shop.merchant)
})

const card = (page: Page, name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name }) })
const hour = (back: number, code: string, count: number) => ({
  ...{ organizationId: shop.id, code, count },
  hour: new Date(Math.floor((Date.now() - back * HOUR_MS) / HOUR_MS) * HOUR_MS),
})

test('validations are shown for a day, two weeks and a year, and as a table', async ({ page }) => {
  await prisma.validationHour.createMany({
    data: [hour(1, 'VALID', 7), hour(50, 'EXPIRED', 20), hour(24 * 100, 'REVOKED', 300)],
  })
  await page.goto(`/dashboard/${shop.slug}`)
  const validations = card(page, 'Validations')
  await expect(validations.getByRole('heading', { level: 2 })).toHaveText('Validations27')
  await expect(validations.locator('figure svg').first()).toBeVisible()
  await validations.getByRole('button', { name: /^Table/ }).click()
  const table = validations.getByRole('table')
  await expect(table).toBeVisible()
  await expect(table.getByRole('row')).toHaveCount(15)
  await expect(table.getByRole('columnheader', { name: 'Expired or disabled' })).toBeVisible()
  await expect(validations.locator('figure svg')).toHaveCount(0)
  expect(await findings(page)).toEqual([])

  await validations.getByRole('link', { name: '24 hours' }).click()
  await expect(validations.getByRole('heading', { level: 2 })).toHaveText('Validations7')
  await expect(table.getByRole('row')).toHaveCount(25)
  await validations.getByRole('link', { name: 'Year' }).click()
  await expect(validations.getByRole('heading', { level: 2 })).toHaveText('Validations327')
  await expect(page).toHaveURL(/\?span=year$/)
  await expect(table.getByRole('row')).toHaveCount(54)
  await expect(validations.getByText('The key is revoked')).toBeVisible()
})

test('a day and a week of the calendar lead to the keys that end then', async ({ page }) => {
  const end = Math.floor((Date.now() + 40 * DAY_MS) / DAY_MS) * DAY_MS + 12 * HOUR_MS
  await prisma.licenseKey.update({ where: { id: soon.id }, data: { expiresAt: new Date(end) } })
  const other = await shop.issue(configuration)
  await prisma.licenseKey.update({ where: { id: other.id }, data: { expiresAt: new Date(end + 63 * DAY_MS) } })
  await shop.issue(configuration)
  const list = page.getByRole('region', { name: 'License keys' })
  const calendar = card(page, 'Keys that end in the next year')
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(calendar.getByRole('heading')).toBeVisible()
  await calendar.locator('[data-day]').first().click()
  await expect(page).toHaveURL(new RegExp(`status=active,expiring&expires=${dayOf(end)}..${dayOf(end)}`))
  await expect(list.getByRole('row', { name: new RegExp(soon.key.slice(-6)) })).toBeVisible()
  await expect(list.getByRole('row')).toHaveCount(2)

  // The same by keyboard.
  await page.goBack()
  await calendar.getByRole('button', { name: /^Table/ }).focus()
  await page.keyboard.press('Enter')
  const week = calendar.getByRole('row').filter({ has: page.getByRole('link', { name: '1', exact: true }) })
  await expect(week).toHaveCount(2)
  expect(await findings(page)).toEqual([])
  await week.nth(1).getByRole('link').last().focus()
  await page.keyboard.press('Enter')
  await expect(list.getByRole('row', { name: new RegExp(other.key.slice(-6)) })).toBeVisible()
  await expect(list.getByRole('row')).toHaveCount(2)
})

test('states, versions, systems, new devices and busiest keys are there, each as numbers', async ({ page }) => {
  const activate = (label: string, meta: object) =>
    send({
      path: '/api/license/activate',
      body: { key: soon.key, organization_id: shop.id, label, meta },
    })
  await activate('a', { app_version: '2.1', os: 'macOS 15' })
  await activate('b', { version: '2.0' })
  await prisma.validationDay.create({
    data: { licenseKeyId: soon.id, day: new Date(dayOf(Date.now())), valid: 41, refused: 1 },
  })
  await prisma.validationHour.createMany({ data: [hour(1, 'VALID', 42)] })
  await page.goto(`/dashboard/${shop.slug}`)
  const row = (name: string, of: string) => card(page, name).getByRole('row').filter({ hasText: of })
  await expect(row('Keys by state', 'Active')).toContainText('1100 %')
  await expect(row('Versions in use', '2.1')).toContainText('150 %')
  await expect(row('Systems in use', 'Not told')).toContainText('150 %')
  await expect(row('Busiest keys', soon.customerEmail)).toContainText('42')
  await expect(card(page, 'New devices').getByText('2 in the last 14 days')).toBeVisible()
  await row('Keys by state', 'Active').getByRole('link').click()
  await expect(page).toHaveURL(/license-keys\?status=active$/)
})

test('an endpoint that fails says so on the first page', async ({ page }) => {
  const order = {
    ...{ url: 'https://hooks.example/in', description: '', format: 'latchkey' as const, types: [] },
    ...{ hasKeyStrings: false, headers: {} },
  }
  const { endpointId } = await createEndpoint(shop.merchant, order, '2026-11-28', new Date())
  await prisma.webhookEndpoint.update({
    where: { id: endpointId },
    data: { failingSince: new Date(Date.now() - HOUR_MS) },
  })
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(page.getByText('Webhooks to hooks.example fail.')).toBeVisible()
  await page.getByRole('link', { name: 'Open webhook hooks.example' }).click()
  await expect(page.getByText('Failing:')).toBeVisible()
})
