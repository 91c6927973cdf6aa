import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// A history of 10,120 events: more than are counted. Event number 1 is the oldest.
const EVENTS = 10_120
const SIZE = 100

let shop: Organization
test.beforeAll(async () => {
  shop = await makeOrganization()
  await prisma.$executeRaw`INSERT INTO events (id, organization_id, type, at, actor_kind, actor_label, data)
    SELECT gen_random_uuid(), ${shop.id}::uuid, 'product.created', now() - (${EVENTS} - i) * interval '1 minute', 'system', 'Latchkey',
      jsonb_build_object('name', 'Product ' || i || '.') FROM generate_series(1, ${EVENTS}) i`
})
test.beforeEach(({ context }) => signIn(context, shop.merchant))

const open = (page: Page, query: string) => page.goto(`/dashboard/${shop.slug}/history?size=${SIZE}${query}`)
const rows = (page: Page) => page.getByRole('region', { name: 'History' }).getByRole('row')
const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages' })
/** Number `nth` of the newest. */
const named = (nth: number) => `Product ${EVENTS - nth + 1}.`

test('the history goes on past what is counted, and back, and its addresses can be opened again', async ({ page }) => {
  await open(page, '&page=100')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('10,000+')
  await expect(pages(page)).toContainText('9,901–10,000 of more than 10,000')
  await pages(page).getByRole('button', { name: 'Next page' }).click()
  await expect(pages(page)).toContainText('10,001–10,100')
  await expect(rows(page).nth(1)).toContainText(named(10_001))
  await expect(page).toHaveURL(/page=101&.*mark=|mark=.*page=101/)
  await page.reload()
  await expect(rows(page).nth(1)).toContainText(named(10_001))
  await pages(page).getByRole('button', { name: 'Next page' }).click()
  await expect(rows(page).last()).toContainText(named(EVENTS))
  await expect(rows(page)).toHaveCount(1 + 20)
  await expect(pages(page).getByRole('button', { name: 'Next page' })).toHaveAttribute('aria-disabled', 'true')
  await pages(page).getByRole('button', { name: 'Previous page' }).click()
  await expect(rows(page).nth(1)).toContainText(named(10_001))
  await pages(page).getByRole('button', { name: 'Previous page' }).click()
  await expect(rows(page).nth(1)).toContainText(named(9_901))
})

test('a page that is too far for its number says so and leads on; the oldest come first when asked', async ({
  page,
}) => {
  await open(page, '&page=102')
  await expect(page.getByText('This page is too far to find by its number')).toBeVisible()
  await page.getByRole('button', { name: 'Go to page 100' }).click()
  await expect(pages(page)).toContainText('9,901–10,000 of more than 10,000')
  const header = page.getByRole('columnheader', { name: 'When' })
  await header.getByRole('button').click()
  await expect(header).toHaveAttribute('aria-sort', 'ascending')
  await expect(rows(page).nth(1)).toContainText(named(EVENTS))
})

for (const width of [390, 768, 1024, 1440])
  for (const colorScheme of ['light', 'dark'] as const)
    test(`a far page and how long the history is kept fit a window ${width} wide, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const folder = process.env.FAR_PAGES_SHOTS
      if (folder) mkdirSync(folder, { recursive: true })
      const shot = async (name: string) => {
        if (folder) await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` })
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(overflow, name).toBeLessThanOrEqual(0)
      }
      await open(page, '&page=100')
      await expect(pages(page)).toContainText('of more than 10,000')
      await shot('far')
      await page.getByRole('button', { name: 'Kept forever' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await shot('keep')
      await open(page, '&page=500')
      await expect(page.getByText('This page is too far to find by its number')).toBeVisible()
      await shot('too-far')
    })
