import { createHmac } from 'node:crypto'
import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { connectCustomShop, handled, sale, sendMessage } from '../custom-store.ts'
import { send } from '../http.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'
import { sample } from '../store-samples.ts'

const open = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** Posts a body to our address as Polar does, signed with the text of its secret. */
function postAsPolar(address: string, secret: string, name: string, changed: (body: PolarBody) => void, id: string) {
  const body = JSON.parse(sample('polar', name).toString()) as PolarBody
  changed(body)
  const text = JSON.stringify(body)
  const at = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', secret).update(`${id}.${at}.${text}`).digest('base64')
  return send({
    path: new URL(address).pathname,
    body: text,
    headers: { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` },
  })
}
type PolarBody = { timestamp: string; data: { status: string; refunded_amount: number; customer: { email: string } } }

test('a store is connected, sells, and its keys follow what it says', async ({ page, context }) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  await shop.configuration({ name: 'Pro, perpetual', prefix: 'QUILL' })
  const customer = `lena-${newId().slice(-12)}@example.com`
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)

  // ------------------------------------------------------------- which store, and what it is called
  await open(page, 'Stores')
  await expect(page.getByText('No store is connected')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Connect a store' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('Choose a store.')).toBeVisible()
  await expect(page.getByText('Enter a name, such as that of the account.')).toBeVisible()
  await page.getByRole('radio', { name: 'Polar' }).check()
  await page.getByLabel('Name', { exact: true }).fill('Polar of Inkwell')
  await page.getByRole('button', { name: 'Continue' }).click()

  // ------------------------------------------------------------- the steps in its own words, our address, its secret
  await expect(heading(page, 'Polar of Inkwell')).toBeVisible()
  await expect(page.getByText('Needs its secret')).toBeVisible()
  await expect(page.getByText('Open Settings → Webhooks of your organization and choose Add Endpoint.')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Events' }).getByText('order.paid')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Copy address' }).click()
  const address = await copied(page, /\/api\/stores\/polar\/[\w-]{43}$/)
  await page.getByLabel('Webhook secret').fill('   ')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Paste the secret.')).toBeVisible()
  await page.getByLabel('Webhook secret').fill('whsec_polarInkwell0123456789')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Waiting for the first delivery from Polar')).toBeVisible()
  expect(await page.content()).not.toContain('whsec_polarInkwell0123456789')

  // ------------------------------------------------------------- what somebody else signs is not believed
  const say = (name: string, id: string, change: (body: PolarBody) => void = () => {}) =>
    postAsPolar(
      address,
      'whsec_polarInkwell0123456789',
      name,
      (body) => {
        body.data.customer.email = customer
        change(body)
      },
      id,
    )
  const forged = await postAsPolar(address, 'whsec_somebodyElse', 'order.paid', () => {}, 'evt_forged')
  expect(forged.status).toBe(401)
  await expect(page.getByText('1 request refused, the last')).toBeVisible()
  await expect(page.getByText('Its signature fits no secret of this connection.')).toBeVisible()

  // ------------------------------------------------------------- the first delivery, which the page notices by itself
  expect((await say('order.paid', 'evt_1')).status).toBe(200)
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  // What was refused before that is no trouble any more.
  await expect(page.getByText('1 request refused, the last')).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Products to place' })).toBeVisible()
  await expect(page.getByText('1 sale waiting')).toBeVisible()
  expect(await findings(page)).toEqual([])
  // Whoever does not look here hears of it, too.
  await page.goto(`/dashboard/${shop.slug}`)
  await expect(page.getByText('1 sale has no key yet.')).toBeVisible()
  await page.getByRole('link', { name: 'Open stores' }).click()
  await page.getByRole('link', { name: 'Polar of Inkwell' }).click()

  // ------------------------------------------------------------- one click: a new product, named as in the store
  await expect(page.getByRole('combobox', { name: 'Here it is' })).toHaveText('A new product “Quill Pro”')
  await expect(page.getByRole('combobox', { name: 'It grants keys of' })).toHaveText('Pro, perpetual')
  await page.getByRole('button', { name: 'Create and place' }).click()
  await expect(page.getByRole('heading', { name: 'Products to place' })).toHaveCount(0)
  await expect(page.getByRole('main').getByRole('link', { name: 'Quill Pro' })).toBeVisible()
  const mail = await waitForMail(customer)
  expect(mail.subject).toBe('Your license key for Quill Pro')
  const key = mail.text.match(/QUILL_[0-9A-F-]{36}/)?.[0] ?? ''
  const validate = async () =>
    (await send({ path: '/api/license/validate', body: { key, organization_id: shop.id } })).json.code
  expect(await validate()).toBe('VALID')

  // ------------------------------------------------------------- what came, and what it did
  await page
    .getByRole('navigation', { name: 'Polar of Inkwell' })
    .getByRole('link', { name: /Deliveries/ })
    .click()
  await page.getByRole('table').getByRole('link', { name: 'order.paid' }).click()
  await expect(heading(page, 'order.paid')).toBeVisible()
  await expect(page.getByText('Purchase INKWELL-0001 recorded.')).toBeVisible()
  await expect(page.getByText(`1 key issued to ${customer}.`)).toBeVisible()
  await expect(page.getByText('"invoice_number": "INKWELL-0001"')).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Handle again' }).click()
  await expect(page.getByText('Nothing changed: this was known')).toBeVisible()

  // ------------------------------------------------------------- the money goes back, and the key ends with it
  expect((await say('order.refunded-full', 'evt_2')).status).toBe(200)
  await expect.poll(validate).toBe('REVOKED')
  await open(page, 'Purchases')
  const row = page.getByRole('table').getByRole('row').filter({ hasText: 'INKWELL-0001' })
  await expect(row).toContainText('Refunded')
  await expect(row).toContainText('Polar')
  await row.getByRole('link').click()
  await expect(page.getByText('all refunded')).toBeVisible()
  await expect(heading(page, 'INKWELL-0001')).toBeVisible()
  await expect(page.getByText('The money went back. Its keys are revoked.')).toBeVisible()
  const history = page.getByRole('main').getByRole('listitem')
  await expect(history.filter({ hasText: 'Purchase INKWELL-0001 refunded' })).toContainText(/QUILL_.*Key revoked/)
  expect(await findings(page)).toEqual([])

  // ------------------------------------------------------------- somebody keeps the key all the same, and lets it go
  await page.getByRole('button', { name: /^Keep QUILL/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByText('Held', { exact: true })).toBeVisible()
  expect(await validate()).toBe('VALID')
  await page.getByRole('button', { name: /^Release QUILL/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
  await expect(page.getByText('Held', { exact: true })).toHaveCount(0)
  expect(await validate()).toBe('REVOKED')
})

test('a shop of one’s own gets its secret here, once; switched off it waits, and it can be removed', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ prefix: 'WEB' })
  await shop.product([configuration], 'Quill')
  await signIn(context, shop.merchant)
  const base = `/dashboard/${shop.slug}/settings/stores`
  await page.goto(`${base}/new`)
  await page.getByRole('radio', { name: 'Your own shop' }).check()
  await page.getByLabel('Name', { exact: true }).fill('Website')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Make a secret' }).click()
  await expect(page.getByRole('button', { name: 'Copy secret' })).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Copy secret' }).click()
  const secret = await copied(page, /^whsec_/)
  await page.getByRole('button', { name: 'Copy address' }).click()
  const path = new URL(await copied(page, /^http/)).pathname
  await page.reload()
  await expect(page.getByText('Waiting for the first delivery from Your own shop')).toBeVisible()
  expect(await page.content()).not.toContain(secret)

  // A product of the same name is offered first; a quantity may be devices.
  await sendMessage({ path, secret }, sale({ orderId: 'W-1', productId: 'quill', productName: 'Quill', quantity: 3 }))
  await expect(page.getByRole('combobox', { name: 'Here it is' })).toHaveText('Quill')
  await page.getByRole('combobox', { name: 'When somebody buys three' }).click()
  await page.getByRole('option', { name: 'One key for three times the devices' }).click()
  await page.getByRole('button', { name: 'Place', exact: true }).click()
  await expect(page.getByText('One key, its devices times the quantity')).toBeVisible()
  // What waited is handled in the background.
  await expect.poll(() => prisma.purchase.count({ where: { organizationId: shop.id } })).toBe(1)
  await open(page, 'Purchases')
  await page.getByRole('table').getByRole('link', { name: 'W-1' }).click()
  await expect(page.getByRole('main').getByText('0 of 9')).toBeVisible()

  // What came while it was off is handled once it is on.
  await page.goto(base)
  await page.getByRole('link', { name: 'Website' }).click()
  const tabs = page.getByRole('navigation', { name: 'Website' })
  await tabs.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByRole('dialog')).toContainText('no keys are issued')
  expect(await findings(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByText('Switched off').first()).toBeVisible()
  await sendMessage({ path, secret }, sale({ orderId: 'W-2', productId: 'quill' }))
  await tabs.getByRole('link', { name: /Deliveries/ }).click()
  await expect(page.getByText('Being handled')).toBeVisible()
  await tabs.getByRole('link', { name: 'Connection' }).click()
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click()
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  await page.goto(`/dashboard/${shop.slug}/purchases?q=W-2`)
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('table').getByRole('link', { name: 'W-2' })).toBeVisible({ timeout: 1_000 })
  }).toPass()

  // Its settings.
  await page.goto(base)
  await page.getByRole('link', { name: 'Website' }).click()
  await page.getByRole('navigation', { name: 'Website' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('After a failed payment, keys work on for').fill('5')
  await page.getByRole('switch', { name: 'Keys during trials' }).uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('After a failed payment, keys work on for')).toHaveValue('5')
  await expect(page.getByRole('switch', { name: 'Keys during trials' })).not.toBeChecked()

  await page.getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('2 purchases and their keys stay as they are')
  await dialog.getByRole('textbox').fill('Website')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('No store is connected')).toBeVisible()
  expect((await sendMessage({ path, secret }, sale({}))).status).toBe(401)
})

test('a purchase is moved to somebody else, canceled by hand, and resumed', async ({ page, context }) => {
  const shop = await makeOrganization()
  const configuration = await shop.configuration({ prefix: 'WEB' })
  const product = await shop.product([configuration], 'Quill')
  const old = `old-${newId().slice(-12)}@example.com`
  const next = `next-${newId().slice(-12)}@example.com`
  const key = await shop.issue(configuration, { productId: product, customerEmail: old, reference: 'H-77' })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/purchases`)
  await page.getByRole('textbox', { name: 'Order number, customer or product' }).fill(old)
  await expect(page).toHaveURL(/q=old/)
  await page.getByRole('table').getByRole('link', { name: 'H-77' }).click()

  await page.getByRole('button', { name: 'Move' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail of the new customer').fill(next)
  await dialog.getByLabel('Name').fill('Zoe Keller')
  expect(await findings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Move' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Zoe Keller' })).toBeVisible()
  await expect(page.getByText(`Customer: ${old} → ${next}`)).toBeVisible()
  expect((await waitForMail(next)).text).toContain('Quill')

  await page.getByRole('button', { name: 'Cancel purchase' }).click()
  await dialog.getByLabel('Reason').fill('Bought twice')
  await dialog.getByRole('button', { name: 'Cancel purchase' }).click()
  await expect(page.getByText('Somebody here canceled it.')).toBeVisible()
  await expect(page.getByText('Bought twice').first()).toBeVisible()
  const validate = { path: '/api/license/validate', body: { key: key.key, organization_id: shop.id } }
  expect((await send(validate)).json.code).toBe('REVOKED')

  // That can be taken back, and done again.
  await page.getByRole('button', { name: 'Resume' }).click()
  await dialog.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText('Somebody here canceled it.')).toBeHidden()
  expect((await send(validate)).json.code).toBe('VALID')
  await page.getByRole('button', { name: 'Cancel purchase' }).click()
  await dialog.getByRole('button', { name: 'Cancel purchase' }).click()
  await expect(page.getByText('Somebody here canceled it.')).toBeVisible()

  // Where the key is shown, its purchase is, too.
  await page.getByRole('main').getByRole('link', { name: /^WEB_/ }).first().click()
  await page.getByRole('link', { name: 'Open page' }).click()
  await expect(page.getByRole('complementary')).toContainText('H-77')
  await expect(page.getByRole('complementary')).toContainText('Canceled')
})

test('whoever may only look sees no address, no form and no button', async ({ page, context }) => {
  const shop = await makeOrganization()
  const website = await connectCustomShop(shop.merchant)
  await sendMessage(website, sale({ productName: 'Quill' }))
  await handled(website.connectionId)
  await signIn(context, await shop.member('viewer'))
  const base = `/dashboard/${shop.slug}/settings/stores`
  for (const path of ['', `/${website.connectionId}`, `/${website.connectionId}/deliveries`]) {
    await page.goto(base + path)
    await expect(page.getByText('Website').first()).toBeVisible()
    const main = page.getByRole('main')
    await expect(main.getByRole('button', { name: /Save|Place|Replace|Handle|Switch|secret/i })).toHaveCount(0)
    await expect(main.getByRole('link', { name: 'Connect a store' })).toHaveCount(0)
    expect(await page.content()).not.toContain('/api/stores/')
  }
  for (const path of ['/new', `/${website.connectionId}/settings`]) {
    await page.goto(base + path)
    await expect(page.getByText('Your role does not allow this')).toBeVisible()
  }
})
