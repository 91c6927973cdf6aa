import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { seal } from '#lib/secrets/secrets.ts'
import { connectStore, placeProduct } from '#lib/stores/commands.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { connectCustomShop, keepUnreadable } from '../custom-store.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'
import { sample } from '../store-samples.ts'

/** A shop of WooCommerce's that lists its orders as its REST API does; each answer waits until it may go. */
async function fakeShop(orders: () => object[]) {
  let goes = Promise.withResolvers<void>()
  const asked: { path: string; authorization: string | undefined }[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://shop.invalid')
    asked.push({ path: url.pathname + url.search, authorization: request.headers.authorization })
    await goes.promise
    const list = url.pathname.endsWith('/orders') ? orders() : url.pathname.endsWith('/subscriptions') ? null : []
    response.writeHead(list ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(list ?? { code: 'rest_no_route' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    go: () => goes.resolve(),
    hold: () => {
      goes = Promise.withResolvers()
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const order = (id: number, email: string, more: object = {}) => {
  const body = JSON.parse(sample('woocommerce', 'order.updated-completed').toString())
  return {
    ...{ ...body, id, number: String(id), total: '98.00', refunds: [] },
    ...{ billing: { ...body.billing, email }, line_items: [{ ...body.line_items[0], id: id * 10 }], ...more },
  }
}

test('what a store sold and never sent is read from it, and the page says what that mended', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const productId = await shop.product([await shop.configuration({ prefix: 'QUILL' })], 'Quill Pro')
  const email = `lena-${newId().slice(-12)}@example.com`
  const orders = [order(5501, email), order(5502, email)]
  const woo = await fakeShop(() => orders)
  const { connectionId } = await connectStore(
    shop.merchant,
    { store: 'woocommerce', mode: 'live', name: 'Shop of Inkwell' },
    new Date(),
  )
  await placeProduct(
    shop.merchant,
    { connectionId, ref: '702', as: { kind: 'product', productId }, quantityIs: 'keys' },
    new Date(),
  )
  // Only on the internet are shops asked otherwise; and not by itself while this goes on.
  await prisma.storeConnection.update({
    where: { id: connectionId },
    data: {
      credential: seal('store', `http://ck_inkwell:cs_inkwell@127.0.0.1:${woo.port}`),
      ...{ secrets: seal('store', JSON.stringify([{ secret: 'x'.repeat(20), until: null }])) },
      reconcileDueAt: new Date('2100-01-01'),
    },
  })
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/stores/${connectionId}`)
  await expect(page.getByRole('heading', { name: 'Read orders' })).toBeVisible()

  await page.getByLabel('Read orders since').fill('2100-01-01')
  await page.getByRole('button', { name: 'Read orders' }).click()
  await expect(page.getByText('That has not come yet.')).toBeVisible()
  await page.getByLabel('Read orders since').fill('2026-08-01')
  await page.getByRole('button', { name: 'Read orders' }).click()
  await expect(page.getByText('Reading since 1 Aug 2026')).toBeVisible()
  await expect(page.getByRole('progressbar', { name: 'Reading orders from WooCommerce' })).toBeVisible()
  expect(await findings(page)).toEqual([])
  woo.go()
  await expect(page.getByText('2 orders and subscriptions read, 2 mended, 0 unchanged')).toBeVisible()
  await expect(page.getByText(/Since 1 Aug 2026, asked for by/)).toBeVisible()
  await expect(page.getByText(`Purchase 5501 recorded. 2 keys issued to ${email}.`)).toBeVisible()
  expect(await findings(page)).toEqual([])
  expect(woo.asked[0]?.path).toMatch(/^\/wp-json\/wc\/v3\/orders\?modified_after=2026-08-01T00:00:00&/)
  expect(woo.asked[0]?.authorization).toBe(`Basic ${Buffer.from('ck_inkwell:cs_inkwell').toString('base64')}`)

  // The same again mends nothing; then one was canceled at the store.
  await page.getByRole('button', { name: 'Read orders' }).click()
  await expect(
    page
      .getByText('0 orders and subscriptions read, 0 unchanged')
      .or(page.getByText('2 orders and subscriptions read, 2 unchanged')),
  ).toBeVisible()
  orders[0] = order(5501, email, { status: 'cancelled', date_modified_gmt: '2026-09-20T10:00:00' })
  await page.getByLabel('Read orders since').fill('2026-08-01')
  await page.getByRole('button', { name: 'Read orders' }).click()
  await expect(page.getByText('2 orders and subscriptions read, 1 mended, 1 unchanged')).toBeVisible()
  await expect(page.getByText('Purchase 5501: active → ended. 2 keys revoked.')).toBeVisible()
  expect(await prisma.licenseKey.count({ where: { organizationId: shop.id } })).toBe(4)

  // The shop is gone: the page says so, and so does the list of what failed, where it is tried again.
  woo.close()
  await page.getByRole('button', { name: 'Read orders' }).click()
  // Where the access is, and where the reading is.
  await expect(page.getByText(/The store could not be asked. Nothing listens there/)).toHaveCount(2)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Background work' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Background work' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Reading orders: 1 failed' })).toBeVisible()
  await page.getByRole('link', { name: 'Shop of Inkwell (WooCommerce)' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Shop of Inkwell' })).toBeVisible()
})

test('background work: what failed is listed with its reason, and tried again, one or all', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const other = await makeOrganization()
  const website = await connectCustomShop(shop.merchant, { name: 'Website' })
  await keepUnreadable(website.connectionId, 'Nothing')
  await keepUnreadable(website.connectionId, 'Nothing else')
  const failing = { template: 'license-key', status: 'failed', attempts: 6, lastError: 'Mailbox full' } as const
  const mailTo = (organizationId: string, to: string) =>
    prisma.mail.create({
      data: {
        ...{ ...failing, organizationId, to, dueAt: new Date(), createdAt: new Date() },
        payload: seal('mail-payload', JSON.stringify({ licenseKeyId: newId() })),
      },
    })
  const mail = await mailTo(shop.id, 'lena@customer.example')
  const foreign = await mailTo(other.id, 'somebody@else.example')
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/background-work`)

  const list = page.getByRole('main').getByRole('listitem')
  await expect(list.filter({ hasText: 'Deliveries from stores' })).toContainText('2')
  await expect(page.getByRole('heading', { name: 'Deliveries from stores: 2 failed' })).toBeVisible()
  await expect(page.getByText('Mailbox full')).toBeVisible()
  await expect(page.getByText('License key to lena@customer.example')).toBeVisible()
  await expect(page.getByText('somebody@else.example')).toHaveCount(0)
  await expect(page.getByText('Of the whole installation')).toBeVisible()
  expect(await findings(page)).toEqual([])

  await page.getByRole('button', { name: 'Try again: License key to lena@customer.example' }).click()
  await expect(page.getByText('Trying it again')).toBeVisible()
  await expect
    .poll(async () => (await prisma.mail.findUniqueOrThrow({ where: { id: mail.id } })).lastError)
    .not.toBe('Mailbox full')
  expect((await prisma.mail.findUniqueOrThrow({ where: { id: foreign.id } })).status).toBe('failed')

  const attempts = async () =>
    (await prisma.storeDelivery.findMany({ where: { connectionId: website.connectionId } })).map(
      (each) => each.attempts,
    )
  await page.getByRole('button', { name: 'Try all again: Deliveries from stores' }).click()
  await expect(page.getByText('Trying 2 again')).toBeVisible()
  // They are as unreadable as before.
  await expect.poll(attempts).toEqual([1, 1])
  await expect(page.getByRole('heading', { name: 'Deliveries from stores: 2 failed' })).toBeVisible()

  const admin = await shop.member('admin')
  await signIn(context, admin)
  await page.goto(`/dashboard/${shop.slug}/settings/background-work`)
  await expect(page.getByText('Your role does not allow this')).toBeVisible()
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Background work' }),
  ).toHaveCount(0)
})
