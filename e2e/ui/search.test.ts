import { expect, test } from '../browser.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

// What is typed is asked for when somebody pauses; where they have gone meanwhile comes first.

let shop: Organization
test.beforeEach(async ({ context, page }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
  await page.addInitScript(() => {
    window.addEventListener('page:ready', () => document.documentElement.setAttribute('data-ready', ''))
  })
})

const lists = {
  purchases: { path: '/purchases', box: 'Order number, customer or product', detail: /\/purchases\/[0-9a-f-]{36}$/ },
  keys: { path: '/license-keys', box: 'Key, customer, order or device', detail: /\/license-keys\/[0-9a-f-]{36}$/ },
}

for (const [name, { path, box, detail }] of Object.entries(lists)) {
  test(`a row of ${name} that is opened right after something was typed opens`, async ({ page }) => {
    // Where there is no room beside the list, a row leads to its page.
    await page.setViewportSize({ width: 900, height: 900 })
    const product = await shop.product([await shop.configuration()])
    await shop.issue(await shop.configuration(), { productId: product, customerEmail: `ada@${shop.slug}.example` })
    // Where there is room, some lists open a row at their side.
    await page.setViewportSize({ width: 1_000, height: 800 })
    // The server takes its time, so that the search would come in between.
    let come = () => {}
    const allowed = new Promise<void>((resolve) => {
      come = resolve
    })
    await page.route(
      (url) => detail.test(url.pathname),
      async (route) => {
        await allowed
        await route.continue()
      },
    )
    await page.goto(`/dashboard/${shop.slug}${path}`)
    await expect(page.locator('html')).toHaveAttribute('data-ready')
    await page.getByLabel(box).fill('ada@')
    await page.getByRole('table').getByRole('link').first().click()
    // Longer than the pause.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)))
    come()
    await expect(page).toHaveURL(detail)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  })

  test(`a search of ${name} is asked for once, when somebody pauses`, async ({ page }) => {
    const configuration = await shop.configuration()
    const productId = await shop.product([configuration])
    await shop.issue(configuration, { productId, customerEmail: `ada@${shop.slug}.example` })
    await shop.issue(configuration, { productId, customerEmail: `bob@${shop.slug}.example` })
    const asked: string[] = []
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.pathname.endsWith(path) && url.searchParams.has('q')) asked.push(url.searchParams.get('q') ?? '')
    })
    await page.goto(`/dashboard/${shop.slug}${path}`)
    await expect(page.locator('html')).toHaveAttribute('data-ready')
    const rows = page.getByRole('table').getByRole('link')
    await expect(rows).toHaveCount(2)
    await page.getByLabel(box).fill('ada@')
    await expect(rows).toHaveCount(1)
    await expect(page).toHaveURL(/q=ada/)
    expect(asked).toEqual(['ada@'])
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect(rows).toHaveCount(2)
    await expect(page).not.toHaveURL(/q=/)
  })
}
