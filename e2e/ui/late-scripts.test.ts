// Scripts come late, or not at all: what was typed before them stays, and what cannot be loaded says so.
import type { Page } from '@playwright/test'
import { expect, test } from '../browser.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
})

/** Opens a page, uses it while its scripts are still on their way, and lets them come. */
async function beforeScripts(page: Page, path: string, use: () => Promise<void>) {
  let come = () => {}
  const allowed = new Promise<void>((resolve) => {
    come = resolve
  })
  const scripts = '**/_next/static/**/*.js'
  await page.route(scripts, async (route) => {
    await allowed
    await route.continue()
  })
  await page.addInitScript(() => {
    window.addEventListener('page:ready', () => document.documentElement.setAttribute('data-ready', ''))
  })
  await page.goto(path, { waitUntil: 'commit' })
  await use()
  await expect(page.locator('html')).not.toHaveAttribute('data-ready')
  come()
  await expect(page.locator('html')).toHaveAttribute('data-ready')
  await page.unroute(scripts)
}

test('what is typed before the scripts are there stays exactly so, and so does the cursor', async ({ page }) => {
  const id = await shop.product([], 'Inkwell')
  const path = `/dashboard/${shop.slug}/products/${id}/edit`
  const name = page.getByLabel('Name', { exact: true })
  const description = page.getByLabel('Description')
  await page.goto(path)
  await description.fill('Writes by itself.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Inkwell' })).toBeVisible()

  await beforeScripts(page, path, async () => {
    await name.fill('Inkwell 2')
    await description.selectText()
    await page.keyboard.type('Writes in blue')
    await page.keyboard.press('ArrowLeft')
  })
  await expect(description).toHaveValue('Writes in blue')
  await expect(description).toBeFocused()
  await page.keyboard.type('-l')
  await expect(description).toHaveValue('Writes in blu-le')
  await expect(name).toHaveValue('Inkwell 2')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Inkwell 2' })).toBeVisible()
  await expect(page.getByText('Writes in blu-le')).toBeVisible()
})

test('what is selected before the scripts are there is replaced by what is typed after', async ({ page }) => {
  const id = await shop.product([], 'Inkwell')
  const path = `/dashboard/${shop.slug}/products/${id}/edit`
  const description = page.getByLabel('Description')
  await page.goto(path)
  await description.fill('Writes by itself.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Inkwell' })).toBeVisible()

  for (const field of [description, page.getByLabel('Name', { exact: true })]) {
    await beforeScripts(page, path, async () => {
      await field.focus()
      await field.selectText()
    })
    await page.keyboard.type('New')
    await expect(field).toHaveValue('New')
  }
})

test('fields that a program follows know what was typed and chosen before it was there', async ({ page }) => {
  const instructions = page.getByLabel('Activation instructions')
  await beforeScripts(page, `/dashboard/${shop.slug}/key-configurations/new`, async () => {
    await page.getByLabel('Name', { exact: true }).fill('Editor')
    await page.getByLabel('Prefix').fill('MY APP')
    await instructions.fill('Paste the **key**')
  })
  await expect(page.getByLabel('Prefix')).toHaveAccessibleDescription(/Use letters and digits/)
  await expect(instructions).toHaveValue('Paste the **key**')
  await page.getByRole('tab', { name: 'Preview' }).click()
  await expect(page.getByRole('tabpanel').getByText('Paste the key')).toBeVisible()
})

test('what is pressed before the scripts are there is done once they are, and once only', async ({ page }) => {
  const key = await shop.issue(await shop.configuration())
  const path = `/dashboard/${shop.slug}/license-keys/${key.id}`
  await beforeScripts(page, path, () => page.getByRole('button', { name: 'Disable' }).click())
  await expect(page.getByRole('dialog', { name: /^Disable / })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await beforeScripts(page, path, () => page.getByRole('button', { name: /Account/ }).click())
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
})

/** A build that was replaced: what was not loaded yet is gone. The browser complains of that, at a moment nobody knows. */
async function losePart(page: Page, lost: { is: boolean }, complaints: { provoked: RegExp[] }) {
  complaints.provoked.push(/ERR_FAILED .*\/_next\/static\/|ChunkLoadError|Failed to load chunk/)
  await page.route('**/_next/static/**/*.js', (route) => (lost.is ? route.abort() : route.continue()))
}
const missing = (page: Page) => page.getByRole('alert').filter({ hasText: 'could not be loaded' })

test('a dialog and a menu that cannot be loaded say so, and open when that is tried again', async ({
  page,
  complaints,
}) => {
  const key = await shop.issue(await shop.configuration())
  const lost = { is: false }
  await losePart(page, lost, complaints)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await page.waitForLoadState('networkidle')
  await expect(missing(page)).toBeHidden()
  lost.is = true
  const disable = page.getByRole('button', { name: 'Disable' })
  await disable.click()
  await expect(missing(page)).toBeVisible()
  await expect(disable).toBeVisible()
  await missing(page).getByRole('button', { name: 'Try again' }).click()
  await expect(missing(page)).toBeVisible()
  lost.is = false
  await missing(page).getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('dialog', { name: /^Disable / })).toBeVisible()
  await expect(missing(page)).toBeHidden()
  await page.keyboard.press('Escape')

  await page.reload({ waitUntil: 'networkidle' })
  lost.is = true
  await page.getByRole('button', { name: /Account/ }).click()
  await expect(missing(page)).toBeVisible()
  lost.is = false
  await missing(page).getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()

  await page.reload({ waitUntil: 'networkidle' })
  lost.is = true
  await page.keyboard.press('Control+k')
  await expect(missing(page)).toBeVisible()
  lost.is = false
  await missing(page).getByRole('button', { name: 'Reload the page' }).click()
  await expect(missing(page)).toBeHidden()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('a reload that is offered keeps what was typed and chosen, without asking', async ({ page, complaints }) => {
  await shop.configuration({ name: 'Editor' })
  const lost = { is: false }
  await losePart(page, lost, complaints)
  await page.goto(`/dashboard/${shop.slug}/key-configurations/new`, { waitUntil: 'networkidle' })
  const name = page.getByLabel('Name', { exact: true })
  const instructions = page.getByLabel('Activation instructions')
  await name.fill('Player')
  await instructions.fill('Paste the **key**')
  await page.getByRole('radio', { name: /^Short/ }).check({ force: true })
  lost.is = true
  await page.keyboard.press('Control+k')
  await expect(missing(page)).toBeVisible()
  lost.is = false
  page.on('dialog', (dialog) => {
    complaints.push(`asked: ${dialog.message()}`)
    return dialog.dismiss()
  })
  const loaded = page.waitForEvent('load')
  await missing(page).getByRole('button', { name: 'Reload the page' }).click()
  await loaded
  await expect(name).toHaveValue('Player')
  await expect(instructions).toHaveValue('Paste the **key**')
  await expect(page.getByRole('radio', { name: /^Short/ })).toBeChecked()
  await page.getByRole('tab', { name: 'Preview' }).click()
  await expect(page.getByRole('tabpanel').getByText('Paste the key')).toBeVisible()
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
})

test('a tooltip that cannot be loaded is left out, and nothing else happens', async ({ page, complaints }) => {
  const key = await shop.issue(await shop.configuration())
  const lost = { is: false }
  await losePart(page, lost, complaints)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`, { waitUntil: 'networkidle' })
  lost.is = true
  const failed: string[] = []
  page.on('requestfailed', (request) => failed.push(request.url()))
  await page.getByRole('main').locator('time').first().hover()
  // It is asked for a second time before it is given up.
  await expect.poll(() => failed.some((url, at) => failed.indexOf(url) < at)).toBe(true)
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await expect(page.getByRole('button', { name: 'Disable' })).toBeVisible()
  await expect(missing(page)).toBeHidden()
})
