import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization } from '../organization.ts'
import { makePerson, signIn } from '../session.ts'

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

test('the chosen theme is kept', async ({ page, context }) => {
  const shop = await makeOrganization()
  await signIn(context, shop.merchant)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(page.locator('html')).toHaveClass(/\blight\b/)
  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveClass(/\bdark\b/)
  await page.reload()
  await expect(page.locator('html')).toHaveClass(/\bdark\b/)
  await page.goto('/purchases')
  await page.getByRole('radio', { name: 'Light' }).check({ force: true })
  await expect(page.locator('html')).toHaveClass(/\blight\b/)
})

test('on a phone the navigation comes from the side and leaves when a page is chosen', async ({ page, context }) => {
  const shop = await makeOrganization()
  await signIn(context, shop.merchant)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
  await page.getByRole('button', { name: 'Open navigation' }).click()
  const drawer = page.getByRole('dialog', { name: 'Navigation' })
  await expect(drawer.getByRole('link', { name: 'Overview' })).toHaveAttribute('aria-current', 'page')
  await drawer.getByRole('link', { name: 'License keys' }).click()
  await expect(heading(page, /License keys/)).toBeVisible()
  await expect(drawer).toBeHidden()
})

/** Presses Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator) {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${target}`)
}

test('somebody without a mouse signs in and issues a key', async ({ page }) => {
  const shop = await makeOrganization()
  await shop.configuration({ name: 'Editor' })
  await shop.configuration({ name: 'Player' })
  const { keyboard } = page
  await page.goto('/login')
  await expect(page.getByLabel('E-mail address')).toBeFocused()
  await keyboard.type(shop.email)
  await keyboard.press('Tab')
  await keyboard.type(shop.password)
  await keyboard.press('Enter')
  await expect(heading(page, 'Overview')).toBeVisible()
  await tabTo(page, page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'License keys' }))
  await keyboard.press('Enter')
  await expect(heading(page, /License keys/)).toBeVisible()
  await tabTo(page, page.getByRole('link', { name: 'Issue a key' }))
  await keyboard.press('Enter')
  const configuration = page.getByRole('combobox', { name: 'Key configuration' })
  await tabTo(page, configuration)
  await keyboard.press('Enter')
  await expect(page.getByRole('option', { name: /Player/ })).toBeVisible()
  await keyboard.type('Pl')
  await expect(page.getByRole('option', { name: /Player/ })).toBeFocused()
  await keyboard.press('Enter')
  await expect(configuration).toContainText('Player')
  await tabTo(page, page.getByLabel('E-mail'))
  await keyboard.type(`keyboard-${newId().slice(-12)}@example.com`)
  await tabTo(page, page.getByRole('switch', { name: 'Mail the key to the customer' }))
  await keyboard.press('Space')
  await tabTo(page, page.getByRole('button', { name: 'Issue key' }))
  await keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Key issued' })).toBeVisible()
})

test('the command menu opens by keyboard on any page, finds pages, keys and customers, and gives the focus back', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  const stranger = await makeOrganization()
  await stranger.issue(await stranger.configuration(), { customerEmail: 'not-ours@example.com' })
  await signIn(context, shop.merchant)
  const { keyboard } = page
  const menu = page.getByRole('dialog', { name: 'Search or jump' })
  const words = menu.getByRole('combobox')
  const option = menu.getByRole('option')

  for (const path of ['', '/license-keys', '/products', '/settings/members']) {
    await page.goto(`/dashboard/${shop.slug}${path}`)
    await expect(heading(page, /./)).toBeVisible()
    // The shortcut is there as soon as the page answers.
    await expect(async () => {
      if (!(await menu.isVisible())) await keyboard.press('ControlOrMeta+k')
      await expect(words).toBeFocused({ timeout: 1_000 })
    }).toPass()
    await keyboard.press('Escape')
    await expect(menu).toBeHidden()
  }

  const search = page.getByRole('button', { name: 'Search or jump' })
  await search.focus()
  await keyboard.press('Enter')
  await expect(words).toBeFocused()
  await keyboard.press('Escape')
  await expect(search).toBeFocused()

  await keyboard.press('ControlOrMeta+k')
  await expect(words).toBeFocused()
  await keyboard.type('history')
  await expect(option.first()).toContainText('History')
  await keyboard.press('Enter')
  await expect(heading(page, 'History')).toBeVisible()
  await expect(menu).toBeHidden()

  await keyboard.press('ControlOrMeta+k')
  await expect(words).toBeFocused()
  await keyboard.type('not-ours')
  await expect(option).toHaveText(/^Search all license keys for “not-ours”/)
  await words.fill('')
  await keyboard.type(key.customerEmail)
  await expect(option).toHaveCount(3)
  await expect(menu.getByText('License keys', { exact: true })).toBeVisible()
  await expect(menu.getByText('Customers', { exact: true })).toBeVisible()
  await expect(option.first()).toHaveAttribute('aria-selected', 'true')
  await keyboard.press('ArrowDown')
  await expect(option.nth(1)).toHaveAttribute('aria-selected', 'true')
  await keyboard.press('Enter')
  await expect(page).toHaveURL(/\/customers\//)
  await expect(page.getByRole('main').getByText(key.customerEmail).first()).toBeVisible()
})

test('a page that is not there says so and leads on', async ({ page, complaints }) => {
  const response = await page.goto('/nowhere')
  expect(response?.status()).toBe(404)
  await expect(page).toHaveTitle('Page not found · Latchkey')
  await expect(heading(page, 'Page not found')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Go to the home page' })).toBeVisible()
  await expect.poll(() => complaints.splice(0)).toEqual([expect.stringContaining('404')])
})

test('a customer who meets no page reads so in German, in the dark, and is led to their purchases', async ({
  browser,
}) => {
  const context = await browser.newContext({ locale: 'de-DE', colorScheme: 'dark' })
  await signIn(context, await makePerson(`lost-${newId().slice(-12)}@example.com`))
  const page = await context.newPage()
  for (const path of ['/nowhere', `/purchases/${newId()}`]) {
    await page.goto(path)
    if (path === '/nowhere') await expect(page).toHaveTitle('Seite nicht gefunden · Latchkey')
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await expect(page.locator('html')).toHaveClass(/\bdark\b/)
    await expect(heading(page, 'Seite nicht gefunden')).toBeVisible()
    await page.getByRole('link', { name: 'Ihre Käufe' }).click()
    await expect(page).toHaveURL(/\/purchases$/)
  }
  // Dashboards are in English, whoever looks.
  await page.goto('/dashboard/nobodys-organization')
  await expect(heading(page, 'Page not found')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Your purchases' })).toBeVisible()
  await context.close()
})

test('a bug shows an id that is found in the log, once, and nothing of what broke', async ({
  page,
  context,
  complaints,
}) => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration())
  await signIn(context, await makePerson(key.customerEmail))
  complaints.provoked.push(/status of 500|Minified React error/)
  // A row that cannot be read, as after a restore with another master secret.
  await prisma.licenseKey.update({ where: { id: key.id }, data: { keyCipher: new Uint8Array(60) } })
  await page.goto(`/purchases/${key.id}`)
  await expect(heading(page, 'Something went wrong on our side')).toBeVisible()
  const id =
    (await page
      .getByText(/quote request id/)
      .getByRole('code')
      .textContent()) ?? ''
  expect(id).not.toBe('')
  expect(await page.getByRole('main').textContent()).not.toMatch(/cipher|authenticate|Error:/i)
  expect(readFileSync(process.env.APP_LOG ?? '', 'utf8').split(id)).toHaveLength(2)
})
