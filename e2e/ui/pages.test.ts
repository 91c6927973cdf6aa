import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { startAppProcess } from '../app-process.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { emptyDatabase } from '../empty-database.ts'
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

// The other theme changes colors and nothing else.
const looks = [
  { width: 1440, height: 900, colorScheme: 'light', colorsOnly: false },
  { width: 1440, height: 900, colorScheme: 'dark', colorsOnly: true },
  { width: 390, height: 844, colorScheme: 'dark', colorsOnly: false },
  { width: 390, height: 844, colorScheme: 'light', colorsOnly: true },
] as const

const widths = [390, 768, 1024, 1180, 1440, 1920]

/** What stands in another's way: texts squeezed to a few letters a line or cut off at the side, and controls that lie on each other. */
const crowded = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = []
    const main = document.querySelector('main') ?? document.body
    const isShown = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.sr-only')
    const floats = (element: Element | null): boolean =>
      element !== null && (/sticky|fixed/.test(getComputedStyle(element).position) || floats(element.parentElement))
    const name = (element: Element) => `${element.tagName} ${(element.textContent || element.id).trim().slice(0, 40)}`

    // What a list that scrolls has out of sight lies under nothing.
    const visibleBox = (element: Element) => {
      let { left, right, top, bottom } = element.getBoundingClientRect()
      for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around)
        const box = around.getBoundingClientRect()
        if (overflowX !== 'visible') [left, right] = [Math.max(left, box.left), Math.min(right, box.right)]
        if (overflowY !== 'visible') [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)]
      }
      return { left, right, top, bottom, width: right - left, height: bottom - top }
    }

    // What scrolls sideways by itself can be read, and what ends in an ellipsis says that it goes on.
    const scrollsOrEnds = (element: Element | null): boolean => {
      if (element === null || element === main) return false
      const { overflowX, textOverflow } = getComputedStyle(element)
      return /auto|scroll/.test(overflowX) || textOverflow === 'ellipsis' || scrollsOrEnds(element.parentElement)
    }
    const edge = main.getBoundingClientRect().right

    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement
      if (!parent || (node.textContent ?? '').trim().length < 16 || !isShown(parent)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const lines = [...range.getClientRects()].filter(({ width }) => width > 1)
      if (lines.some(({ right }) => right > edge + 1) && !scrollsOrEnds(parent)) found.push(`cut off: ${name(parent)}`)
      const letter = Number.parseFloat(getComputedStyle(parent).fontSize) * 0.5
      const widest = Math.max(...lines.map(({ width }) => width))
      if (lines.length > 2 && widest < 8 * letter) found.push(`squeezed: ${name(parent)}`)
    }

    const controls = [...main.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
      .filter((element) => isShown(element) && !floats(element))
      .map((element) => ({ element, box: visibleBox(element) }))
      .filter(({ box }) => box.width > 2 && box.height > 2)
    for (const [i, a] of controls.entries()) {
      if (a.element.getBoundingClientRect().right > edge + 1 && !scrollsOrEnds(a.element))
        found.push(`cut off: ${name(a.element)}`)
      for (const b of controls.slice(i + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (across > 3 && down > 3) found.push(`overlap: ${name(a.element)} / ${name(b.element)}`)
      }
    }
    // Forms of a page have their buttons on the left, the one that sends first.
    for (const send of main.querySelectorAll('form button[type=submit]')) {
      if (!isShown(send) || send.closest('[role=dialog]')) continue
      const controlsOf = (around: Element) =>
        [...around.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea')].filter(isShown)
      let row = send.parentElement as Element
      while (row.tagName !== 'FORM' && controlsOf(row).length === 1) row = row.parentElement as Element
      const beside = controlsOf(row)
      if (row.tagName === 'FORM' || beside.some(({ tagName }) => !/^(A|BUTTON)$/.test(tagName))) continue
      if (beside[0]?.getAttribute('type') !== 'submit') found.push(`not the first button: ${name(send)}`)
      const inside = row.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(row).paddingLeft)
      if (beside[0] === send && send.getBoundingClientRect().left > inside + 3)
        found.push(`not on the left: ${name(send)}`)
    }
    return found.slice(0, 6)
  })

const MOST_SHIFT = 0.05

/** Nothing jumps while a page loads. How soon it stands there is told and not judged: other tests run beside this one. */
async function stands(page: Page, what: string) {
  const { moved, shifts, paintedAt } = await page.evaluate(
    () =>
      new Promise<{ moved: number; shifts: string[]; paintedAt: number }>((resolve) => {
        type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] }
        // What was written down since the page began comes at once and together; something is always painted.
        const observer = new PerformanceObserver((list) => {
          const painted = list.getEntriesByType('largest-contentful-paint').at(-1)
          if (!painted) return
          const own = (list.getEntriesByType('layout-shift') as Shift[]).filter((entry) => !entry.hadRecentInput)
          const told = ({ value, sources }: Shift) =>
            `${value.toFixed(3)} ${sources.map(({ node }) => `${node?.nodeName} ${node?.textContent?.slice(0, 40)}`)}`
          resolve({
            ...{ moved: own.reduce((sum, { value }) => sum + value, 0), shifts: own.map(told) },
            paintedAt: painted.startTime,
          })
        })
        observer.observe({ type: 'layout-shift', buffered: true })
        observer.observe({ type: 'largest-contentful-paint', buffered: true })
      }),
  )
  expect.soft(moved, `${what} moves while it loads:\n${shifts.join('\n')}`).toBeLessThan(MOST_SHIFT)
  console.log(`${what}: stands after ${Math.round(paintedAt)} ms, moved by ${moved.toFixed(3)}`)
}

const sideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Accessible, quiet and of one piece, wide and narrow, light and dark; the page is open, as wide as the first look. */
async function measure(page: Page, what: string) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  for (const { width, height, colorScheme, colorsOnly } of looks) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    // As it comes to a phone; what it needs is here by now, so it is a second visit.
    if (width < 500 && !colorsOnly) await page.reload()
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`))
    expect.soft(await findings(page, { colorsOnly }), `${width} ${colorScheme}`).toEqual([])
    if (!colorsOnly) await stands(page, `${what} at ${width}`)
  }
  // Overflow and overlap are of the layout, and both themes are the same layout: they differ in variables of color alone. So it is
  // measured in one of them, and not twice.
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    expect.soft(await sideways(page), `${width}: pixels to scroll sideways`).toBe(0)
    expect.soft(await crowded(page), `${width}: crowded`).toEqual([])
  }
}

async function look(page: Page) {
  await page.setViewportSize(looks[0])
  await page.emulateMedia({ colorScheme: looks[0].colorScheme })
}

for (const route of routes) {
  test(`${route} is accessible, quiet and fits, wide and narrow, light and dark`, async ({ page, context }) => {
    const { path, as, leadsTo, demo } = visitOf(route)
    if (as !== 'nobody') await signIn(context, people[as])
    await look(page)
    const response = await page.goto(new URL(path(shop), demo ? process.env.NEXT_URL : appUrl).href)
    // `/` and `/activate` show nothing to anybody. The others are measured below, as those see them who are not led on.
    if (leadsTo) return expect(page).toHaveURL(leadsTo)
    expect(response?.status()).toBe(200)
    // Customers know the seller, not the machine.
    await expect(page).toHaveTitle(as === 'customer' || route.startsWith('/purchases/') ? /^[^·]+$/ : /\S · Latchkey$/)
    await measure(page, route)
  })
}

test('the start leads everybody on', async ({ page, context }) => {
  for (const [who, to] of [
    ['customer', /\/purchases$/],
    ['owner', new RegExp(`/dashboard/${shop.slug}$`)],
    ['member of two', /\/dashboard$/],
    ['unverified', /\/login\/confirm|\/dashboard/],
  ] as const) {
    await signIn(context, people[who])
    await page.goto('/')
    await expect(page, who).toHaveURL(to)
  }
})

test('/activate leads whoever is signed in to the question itself', async ({ page, context }) => {
  await signIn(context, shop.alice)
  await page.goto('/activate?code=BCDF-GHJK')
  await expect(page).toHaveURL(/\/purchases\/activate\?code=BCDF-GHJK$/)
})

test('/login/way, for whom an organization lets in by other ways', async ({ page, context }) => {
  const [strict, open] = [await makeOrganization({ name: 'A guild of rather many words' }), await makeOrganization()]
  await prisma.organization.update({ where: { id: strict.id }, data: { signInWays: ['passkey', 'mail'] } })
  const data = { organizationId: open.id, userId: strict.merchant.userId, role: 'support' } as const
  await prisma.membership.create({ data })
  await signIn(context, strict.merchant)
  await look(page)
  await page.goto(`/dashboard/${strict.slug}/license-keys`)
  await expect(page).toHaveURL(/\/login\/way\?/)
  await measure(page, '/login/way')
})

test('/login/second-step, between the first step and the dashboard', async ({ page, context }) => {
  const halfway = await makeOrganization()
  const { userId } = halfway.merchant
  await prisma.user.update({ where: { id: userId }, data: { twoStepAt: new Date() } })
  await signIn(context, halfway.merchant)
  await prisma.session.updateMany({ where: { userId }, data: { secondStepAt: null } })
  await look(page)
  await page.goto(`/dashboard/${halfway.slug}`)
  await expect(page).toHaveURL(/\/login\/second-step\b/)
  await measure(page, '/login/second-step')
})

test('/setup, on an empty database', async ({ page }) => {
  test.setTimeout(240_000)
  const database = await emptyDatabase()
  const app = await startAppProcess({ DATABASE_URL: database.url })
  try {
    await look(page)
    await page.goto(`${app.url}/`)
    await expect(page).toHaveURL(/\/setup\b/)
    await page.goto(`${app.url}/setup?token=${process.env.SETUP_TOKEN}`)
    await measure(page, '/setup')
  } finally {
    await app.end()
    await database.drop()
  }
})
