import type { Page } from '@playwright/test'
import { prisma } from '#lib/db.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { appUrl } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { routes, staleRoutes, type Visit, visitOf } from '../pages.ts'
import { signIn } from '../session.ts'

let shop: FullOrganization
let people: Record<Exclude<Visit['as'], 'nobody'>, { userId: string }>

test.beforeAll(async () => {
  shop = await makeFullOrganization()
  const both = await shop.member('support')
  const other = await makeOrganization()
  await prisma.membership.create({ data: { organizationId: other.id, userId: both.userId, role: 'admin' } })
  const unverified = await shop.member('viewer')
  await prisma.user.update({ where: { id: unverified.userId }, data: { emailVerifiedAt: null } })
  people = { owner: shop.merchant, customer: shop.alice, unverified, 'member of two': both }
})

test('every page is in the table, and the table has no other', () => {
  for (const route of routes) visitOf(route)
  expect(staleRoutes).toEqual([])
})

// The other theme changes colours and nothing else.
const looks = [
  { width: 1440, height: 900, colorScheme: 'light', colorsOnly: false },
  { width: 1440, height: 900, colorScheme: 'dark', colorsOnly: true },
  { width: 390, height: 844, colorScheme: 'dark', colorsOnly: false },
  { width: 390, height: 844, colorScheme: 'light', colorsOnly: true },
] as const

const sideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

for (const route of routes) {
  test(`${route} is accessible, quiet and fits, wide and narrow, light and dark`, async ({ page, context }) => {
    const { path, as, leadsTo, demo } = visitOf(route)
    if (as !== 'nobody') await signIn(context, people[as])
    await page.setViewportSize(looks[0])
    await page.emulateMedia({ colorScheme: looks[0].colorScheme })
    const response = await page.goto(new URL(path(shop), demo ? process.env.NEXT_URL : appUrl).href)
    if (leadsTo) return expect(page).toHaveURL(leadsTo)
    expect(response?.status()).toBe(200)
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    await expect(page).toHaveTitle(/\S · Latchkey$/)
    for (const { width, height, colorScheme, colorsOnly } of looks) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme })
      await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`))
      expect.soft(await findings(page, { colorsOnly }), `${width} ${colorScheme}`).toEqual([])
      expect.soft(await sideways(page), `${width} ${colorScheme}: pixels to scroll sideways`).toBe(0)
    }
  })
}
