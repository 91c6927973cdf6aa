import { prisma } from '#lib/database/client.ts'
import { connectStore, setStoreSecret } from '#lib/stores/commands.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { connectCustomShop, handled, sale, sendMessage } from '../custom-store.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'
import { sample } from '../store-samples.ts'
import { signers } from '../store-signers.ts'

test('what waits at a store says who bought what, and an id has to be given a name', async ({ page, context }) => {
  const shop = await makeOrganization()
  const website = await connectCustomShop(shop.merchant)
  const timestamp = new Date().toISOString()
  await sendMessage(website, sale({ orderId: 'W-1', productId: 'plink_1ABC', email: 'lena@customer.example' }))
  const payment = { id: 'pay_1', order_id: 'W-1', amount: 4_900, currency: 'EUR' }
  await sendMessage(website, { type: 'payment.received', timestamp, data: payment })
  const refund = { id: 'ref_1', payment_id: 'pay_typo', status: 'succeeded', amount: 'all' }
  await sendMessage(website, { type: 'refund.updated', timestamp, data: refund })
  await handled(website.connectionId)
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/stores/${website.connectionId}`)

  const waiting = page.getByRole('list', { name: 'Sales of plink_1ABC that wait' })
  await expect(waiting).toContainText('lena@customer.example')
  await expect(waiting).toContainText('€49.00')
  await expect(page.getByText('1 refund or dispute of a payment that nothing here has:')).toBeVisible()
  expect(await findings(page)).toEqual([])

  // ------------------------------------------------------------- nothing is made by one click
  await expect(page.getByRole('combobox', { name: 'Here it is' })).toHaveText('Choose…')
  await page.getByRole('button', { name: 'Place', exact: true }).click()
  await expect(page.getByText('Choose what it is here.')).toBeVisible()
  await page.getByRole('combobox', { name: 'Here it is' }).click()
  await page.getByRole('option', { name: 'A new product…' }).click()
  await page.getByRole('button', { name: 'Create and place' }).click()
  await expect(page.getByText('Enter a name.')).toBeVisible()
  await page.getByLabel('Its name').fill('Inkwell Editor')
  await page.getByRole('button', { name: 'Create and place' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Inkwell Editor' })).toBeVisible()
  await expect.poll(() => prisma.purchase.count({ where: { organizationId: shop.id } })).toBe(1)

  // ------------------------------------------------------------- the deliveries that wait, and the messages in words
  await page.getByRole('main').getByRole('link', { name: 'Show', exact: true }).click()
  await expect(page.getByRole('table').getByRole('link', { name: 'refund.updated' })).toBeVisible()
  await expect(page.getByRole('table').getByRole('link', { name: 'payment.received' })).toHaveCount(0)
  await page.goBack()
  await page.getByText('Set up your shop').click()
  await expect(page.getByText('Only programs on this machine reach this address.')).toBeVisible()
  await page.getByRole('link', { name: /^Every message with its fields/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Your own shop' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'refund.updated' })).toContainText('payment_id')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await findings(page)).toEqual([])
})

test('a sale that names no product leads to adding API access', async ({ page, context }) => {
  const shop = await makeOrganization()
  const now = new Date()
  const secret = 'whsec_of_stripe'
  const stripe = { store: 'stripe', mode: 'live', name: 'Stripe' } as const
  const { connectionId, token } = await connectStore(shop.merchant, stripe, now)
  await setStoreSecret(shop.merchant, { connectionId, secret }, now)
  const event = JSON.parse(sample('stripe', 'checkout.session.completed').toString())
  event.data.object.payment_link = null
  const body = JSON.stringify(event)
  const headers = signers.stripe({ id: event.id, type: event.type, body }, now, secret)
  expect((await send({ path: `/api/stores/stripe/${token}`, body, headers })).status).toBe(200)
  await handled(connectionId)
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/stores/${connectionId}`)
  await expect(page.getByText('The store does not say which product was bought.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await page.getByRole('link', { name: 'Add API access' }).click()
  await expect(page).toHaveURL(/#api-access$/)
  await expect(page.getByLabel('Restricted API key')).toBeInViewport()
  expect(await findings(page)).toEqual([])
})
