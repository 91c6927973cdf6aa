import { DodoPayments } from 'dodopayments'
import { validateEvent } from 'polar-0.49/webhooks'
import { Webhook } from 'standardwebhooks'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import type { EventData, EventType } from '#lib/events/schema.ts'
import { webhookTypeOf } from '#lib/events/schema.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { handled, sale, sendMessage } from '../custom-store.ts'
import { send } from '../http.ts'
import { waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'
import { startReceiver } from '../webhook-receiver.ts'

// The whole way of a sale, with nobody's hand after a store was connected: bought, mailed, activated, renewed, canceled, revoked. And the
// merchant's own systems hear of all of it.

test('from a sale to a revocation, and everybody who listens hears of it', async ({ page, context }) => {
  test.setTimeout(180_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  await shop.configuration({ name: 'Pro, yearly', prefix: 'QUILL', activationLimit: 2 })
  const customer = `lena-${newId().slice(-12)}@example.com`
  const subscriptionId = `S-${newId().slice(-12)}`

  // ------------------------------------------------------------- the merchant's systems: one of their own, two written for vendors
  const token = await shop.apiKey()
  const listen = async (format: string) => {
    const receiver = await startReceiver()
    const made = await send({
      path: '/api/v1/webhook-endpoints',
      headers: { authorization: `Bearer ${token}` },
      body: { url: receiver.url, format, description: `The shop, as ${format}`, key_strings: true },
    })
    expect(made.status, made.text).toBe(201)
    return { ...receiver, secret: made.json.secret as string }
  }
  const [own, polar, dodo] = [await listen('latchkey'), await listen('polar'), await listen('dodo')]

  // ------------------------------------------------------------- connects a store in the browser
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Stores', exact: true }).click()
  await page.getByRole('main').getByRole('link', { name: 'Connect a store' }).click()
  await page.getByRole('radio', { name: 'Your own shop' }).check()
  await page.getByLabel('Name', { exact: true }).fill('Website')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Make a secret' }).click()
  await page.getByRole('button', { name: 'Copy secret' }).click()
  const secret = await copied(page, /^whsec_/)
  await page.getByRole('button', { name: 'Copy address' }).click()
  const path = new URL(await copied(page, /^http/)).pathname
  await page.reload()
  await expect(page.getByText('Waiting for the first delivery from Your own shop')).toBeVisible()

  // ------------------------------------------------------------- the first delivery, which the page notices by itself
  const bought = sale({
    ...{ subscriptionId, email: customer, name: 'Lena Ortiz', productId: 'quill-pro', productName: 'Quill Pro' },
    paid_through: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  })
  const say = async (message: object) => expect((await sendMessage({ path, secret }, message)).status).toBe(200)
  await say(bought)
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  await expect(page.getByText('1 sale waiting')).toBeVisible()
  await page.getByRole('button', { name: 'Create and place' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Quill Pro' })).toBeVisible()

  // ------------------------------------------------------------- the customer gets the mail and uses what is in it
  const mail = await waitForMail(customer)
  expect(mail.subject).toBe('Your license key for Quill Pro')
  const key = mail.text.match(/QUILL_[0-9A-F-]{36}/)?.[0] ?? ''
  const call = (verb: string, more: object = {}) =>
    send({ path: `/api/license/${verb}`, body: { key, organization_id: shop.id, ...more } })
  const device = { label: 'Studio iMac', fingerprint: 'mac' }
  expect((await call('activate', device)).status).toBe(200)
  expect((await call('validate', { fingerprint: 'mac' })).json.code).toBe('VALID')

  // ------------------------------------------------------------- renewed, canceled, and over
  const { id: connectionId } = await prisma.storeConnection.findFirstOrThrow({ where: { organizationId: shop.id } })
  const now = async (more: object) => {
    await say({ ...bought, data: { ...bought.data, ...more } })
    await handled(connectionId)
  }
  await now({ paid_through: new Date(Date.now() + 60 * 86_400_000).toISOString() })
  await now({ ends_at: new Date(Date.now() + 60 * 86_400_000).toISOString() })
  expect((await call('validate', { fingerprint: 'mac' })).json.code).toBe('VALID')
  await now({ status: 'ended', ends_at: new Date().toISOString() })
  // The very next one.
  expect((await call('validate', { fingerprint: 'mac' })).json.code).toBe('REVOKED')
  expect((await call('activate', { label: 'Laptop', fingerprint: 'laptop' })).json.code).toBe('REVOKED')

  // ------------------------------------------------------------- the merchant sees it, too
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Purchases', exact: true }).click()
  await expect(page.getByRole('table').getByRole('row').filter({ hasText: subscriptionId })).toContainText('Ended')

  // ------------------------------------------------------------- every event has arrived, once or more, and is signed
  const facts = async () => {
    const events = await prisma.event.findMany({ where: { organizationId: shop.id }, orderBy: { id: 'asc' } })
    return events.flatMap(({ id, type, data }) => {
      const sent = webhookTypeOf({ type: type as EventType, data: data as EventData })
      return sent ? [`${sent} ${id}`] : []
    })
  }
  const arrived = () => own.got.map(({ json }) => `${json.type} ${json.event?.id}`)
  await expect
    .poll(async () => (await facts()).filter((fact) => !arrived().includes(fact)), { timeout: 20_000 })
    .toEqual([])
  for (const { text, headers, json } of own.got) expect(new Webhook(own.secret).verify(text, headers)).toEqual(json)
  const types = new Set(own.got.map(({ json }) => json.type))
  expect([...types]).toEqual(
    expect.arrayContaining([
      ...['customer.created', 'purchase.created', 'license_key.issued', 'activation.created', 'purchase.renewed'],
      ...['purchase.ending', 'purchase.ended', 'license_key.revoked', 'activation.refused'],
    ]),
  )

  // ------------------------------------------------------------- and so for receivers of Polar and of Dodo Payments
  const typesOf = ({ got }: typeof own) => got.map(({ json }) => json.type).filter((type) => !type.endsWith('.updated'))
  await expect
    .poll(() => typesOf(polar), { timeout: 20_000 })
    .toEqual(['benefit_grant.created', 'benefit_grant.revoked'])
  for (const { text, headers, json } of polar.got)
    expect(validateEvent(text, headers, polar.secret)).toMatchObject({
      type: json.type,
      data: { customer: { email: customer }, benefit: { type: 'license_keys', description: 'Pro, yearly' } },
    })
  await expect
    .poll(() => typesOf(dodo), { timeout: 20_000 })
    .toEqual(['license_key.created', 'entitlement_grant.created', 'entitlement_grant.revoked'])
  const { webhooks } = new DodoPayments({ bearerToken: 'none' })
  for (const { text, headers, json } of dodo.got)
    expect(webhooks.unwrap(text, { headers, key: dodo.secret }).type).toBe(json.type)
  expect(dodo.got[0]?.json).toMatchObject({ data: { key } })
  for (const { close } of [own, polar, dodo]) await close()
})
