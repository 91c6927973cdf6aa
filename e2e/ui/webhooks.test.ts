import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { Webhook } from 'standardwebhooks'
import { prisma } from '#lib/database/client.ts'
import { revokeLicenseKeys } from '#lib/license-keys/status.ts'
import { createEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { CreateEndpoint } from '#lib/webhook-endpoints/schema.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

const closing: (() => Promise<void>)[] = []
test.afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Got = { headers: IncomingHttpHeaders; text: string; json: { type: string; test?: true; data: { key?: string } } }

/** A server of a merchant's: keeps what it gets, and answers as it is told at the moment. */
async function receiver() {
  const it = { got: [] as Got[], status: 200, url: '' }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      it.got.push({ headers: request.headers, text, json: JSON.parse(text) })
      response.writeHead(it.status).end(`said ${it.status}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  it.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return it
}

const verified = (secret: string, { text, headers }: Got) =>
  new Webhook(secret).verify(text, headers as Record<string, string>)

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const tab = (page: Page, name: string) =>
  page.getByRole('main').getByRole('navigation').getByRole('link', { name, exact: true }).click()
const confirm = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name }).click()

async function issueIn(shop: Organization) {
  const configuration = await shop.configuration({ prefix: 'HOOK' })
  return () => shop.issue(configuration)
}

test('an endpoint is made, told of what happens, and tried again; its secret is replaced, and it is removed', async ({
  page,
  context,
  complaints,
}) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization()
  const issue = await issueIn(shop)
  const to = await receiver()
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Webhooks', exact: true }).click()
  await expect(page.getByText('A webhook tells your own systems what happens here')).toBeVisible()
  expect(await findings(page)).toEqual([])

  // ------------------------------------------------------------- what is wrong is said where it is
  await page.getByRole('main').getByRole('link', { name: 'New endpoint' }).click()
  const address = page.getByLabel('Address', { exact: true })
  const create = page.getByRole('button', { name: 'Create endpoint' })
  await address.fill('http://169.254.169.254/latest')
  await create.click()
  await expect(address).toHaveAccessibleDescription(/169\.254\.169\.254 is link-local/)
  await expect(address).toBeFocused()
  await address.fill(to.url)
  await page.getByRole('radio', { name: 'Chosen events' }).check()
  await create.click()
  await expect(page.getByText('Choose at least one event.')).toBeVisible()
  await page.getByRole('checkbox', { name: 'license_key.issued' }).check()
  await page.getByRole('checkbox', { name: 'license_key.revoked' }).check()
  await page.getByRole('button', { name: 'Add a header' }).click()
  await page.getByLabel('Name of header 1').fill('Host')
  await page.getByLabel('Value of header 1').fill('Bearer of-the-test')
  await create.click()
  await expect(page.getByText('The header host is set by Latchkey.')).toBeVisible()
  await page.getByLabel('Name of header 1').fill('Authorization')
  await page.getByLabel('Description').fill('Shop server')
  expect(await findings(page)).toEqual([])
  await create.click()

  // ------------------------------------------------------------- its secret, once
  await expect(page.getByText(`Events go to ${to.url} from now on`)).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Copy secret' }).click()
  const secret = await copied(page, /^whsec_/)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(heading(page, 'Shop server')).toBeVisible()
  await expect(page.getByText('Nothing has been sent yet')).toBeVisible()
  expect(await page.content()).not.toContain(secret)

  // ------------------------------------------------------------- what happens arrives, and the page notices by itself
  const key = await issue()
  const row = (type: string) => page.getByRole('table').getByRole('row').filter({ hasText: type })
  await expect(row('license_key.issued')).toContainText('Sent')
  await expect(page.getByText('Working', { exact: true })).toBeVisible()
  const [first] = to.got as [Got]
  expect(verified(secret, first)).toMatchObject({ type: 'license_key.issued', data: { id: key.id } })
  expect(first.headers.authorization).toBe('Bearer of-the-test')
  expect(first.text).not.toContain(key.key)
  expect(await findings(page)).toEqual([])
  await row('license_key.issued').getByRole('link').click()
  await expect(heading(page, 'license_key.issued')).toBeVisible()
  await expect(page.getByText('said 200')).toBeVisible()
  await expect(page.getByText(`"id": "${key.id}"`)).toBeVisible()
  await expect(page.getByRole('term').filter({ hasText: 'authorization' })).toBeVisible()
  await expect(page.getByText('Bearer of-the-test')).toHaveCount(0)
  expect(await findings(page)).toEqual([])

  // ------------------------------------------------------------- what fails shows why, and is sent again
  to.status = 500
  await revokeLicenseKeys(shop.merchant, { licenseKeyIds: [key.id], reason: 'Chargeback' }, new Date())
  await page.getByRole('link', { name: 'Shop server' }).click()
  await expect(row('license_key.revoked')).toContainText('Waiting')
  await expect(row('license_key.revoked')).toContainText('500')
  await expect(page.getByText('Failing', { exact: true })).toBeVisible()
  await row('license_key.revoked').getByRole('link').click()
  await expect(page.getByText('said 500').first()).toBeVisible()
  await expect(page.getByText('It is tried again')).toBeVisible()
  to.status = 200
  await page.getByRole('button', { name: 'Send now' }).click()
  await expect(page.getByText('Sent', { exact: true })).toBeVisible()
  const revoked = to.got.filter(({ json }) => json.type === 'license_key.revoked')
  expect(revoked.length).toBeGreaterThan(1)
  expect(new Set(revoked.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect
    .poll(() => to.got.filter(({ json }) => json.type === 'license_key.revoked').length)
    .toBe(revoked.length + 1)

  // ------------------------------------------------------------- found by state, by event and by id
  await page.getByRole('link', { name: 'Shop server' }).click()
  await expect(page.getByRole('table').getByRole('link')).toHaveCount(2)
  await page.getByRole('button', { name: 'Event', exact: true }).click()
  await page.getByRole('checkbox', { name: 'license_key.issued' }).check()
  await expect(page.getByRole('table').getByRole('link')).toHaveCount(1)
  await page.keyboard.press('Escape')
  const here = new URL(page.url()).pathname
  await page.goto(`${here}?q=${revoked[0]?.headers['webhook-id']}`)
  await expect(page.getByRole('table').getByRole('link')).toHaveText('license_key.revoked')
  await page.goto(`${here}?state=failed`)
  await expect(page.getByText('Nothing matches')).toBeVisible()

  // ------------------------------------------------------------- an example of anything
  await page.goto(here)
  await page.getByRole('button', { name: 'Send a test event' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Event' }).click()
  await page.getByRole('option', { name: 'purchase.refunded' }).click()
  expect(await findings(page)).toEqual([])
  await confirm(page, 'Send')
  await expect(heading(page, 'purchase.refunded')).toBeVisible()
  await expect(page.getByText('Test', { exact: true })).toBeVisible()
  await expect(page.getByText('Sent', { exact: true })).toBeVisible()
  expect(to.got.find(({ json }) => json.type === 'purchase.refunded')?.json).toMatchObject({ test: true })

  // ------------------------------------------------------------- its settings
  await page.getByRole('link', { name: 'Shop server' }).click()
  await tab(page, 'Settings')
  await page.getByLabel('Description').fill('The shop')
  await page.getByRole('checkbox', { name: 'customer.merged' }).check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expect(heading(page, 'The shop')).toBeVisible()
  const stored = () => prisma.webhookEndpoint.findFirstOrThrow({ where: { organizationId: shop.id } })
  expect((await stored()).types).toEqual(['license_key.issued', 'license_key.revoked', 'customer.merged'])
  await page.getByRole('button', { name: 'Remove authorization' }).click()
  await confirm(page, 'Remove')
  await expect(page.getByRole('button', { name: 'Remove authorization' })).toHaveCount(0)
  await page.getByLabel('Name', { exact: true }).fill('x-shop')
  await page.getByRole('button', { name: 'Save header' }).click()
  await expect(page.getByText('Enter the value to send.')).toBeVisible()
  await page.getByLabel('Value', { exact: true }).fill('seventeen')
  await page.getByRole('button', { name: 'Save header' }).click()
  await expect(page.getByRole('button', { name: 'Remove x-shop' })).toBeVisible()
  await expect(page.getByLabel('Value', { exact: true })).toHaveValue('')

  // ------------------------------------------------------------- another secret, and a day of both
  await page.getByRole('button', { name: 'Replace the secret' }).click()
  await confirm(page, 'Replace')
  await expect(page.getByText(/The one before ends on \d+ \w+ \d{4}, \d\d:\d\d UTC/)).toBeVisible()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Copy secret' }).click()
  const next = await copied(page, new RegExp(`^whsec_(?!${secret.slice('whsec_'.length).replaceAll('+', '\\+')})`))
  await issue()
  await expect.poll(() => to.got.at(-1)?.headers['x-shop']).toBe('seventeen')
  const signed = to.got.at(-1) as Got
  for (const each of [secret, next]) expect(verified(each, signed)).toMatchObject({ type: 'license_key.issued' })
  expect(signed.headers.authorization).toBeUndefined()

  // ------------------------------------------------------------- off, and what happens then goes nowhere
  await page.reload()
  await expect(heading(page, 'The shop')).toBeVisible()
  expect(await page.content()).not.toContain(next)
  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByRole('dialog')).toContainText('what happens while it is off is not sent later')
  expect(await findings(page)).toEqual([])
  await confirm(page, 'Switch off')
  await expect(page.getByRole('main').getByRole('button', { name: 'Switch on' })).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  const before = await prisma.webhookMessage.count({ where: { organizationId: shop.id } })
  await issue()
  expect(await prisma.webhookMessage.count({ where: { organizationId: shop.id } })).toBe(before)
  await tab(page, 'Messages')
  await expect(page.getByText('Nothing is kept for it while it is off.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send a test event' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Switch on' }).click()
  await confirm(page, 'Switch on')
  await expect(page.getByText('Nothing is kept for it while it is off.')).toHaveCount(0)

  // ------------------------------------------------------------- and gone
  await tab(page, 'Settings')
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await confirm(page, 'Remove')
  await expect(page.getByText('Nothing is sent anywhere')).toBeVisible()
  // That it is not there is said in the console, too.
  complaints.provoked.push(/status of 404/)
  await page.goto(here)
  await expect(page.getByText('Page not found')).toBeVisible()
})

test('an endpoint that says 410 is switched off; switched on again, what was given up is sent', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization()
  const issue = await issueIn(shop)
  const to = await receiver()
  to.status = 410
  const order = CreateEndpoint.parse({ url: to.url, types: ['license_key.issued'], hasKeyStrings: true })
  const { endpointId } = await createEndpoint(shop.merchant, order, '2026-11-28', new Date())
  await signIn(context, shop.merchant)
  const key = await issue()
  await expect
    .poll(async () => (await prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } })).disabledAt)
    .not.toBeNull()
  await page.goto(`/dashboard/${shop.slug}/settings/webhooks`)
  await expect(page.getByText('Its receiver answered 410 Gone.')).toBeVisible()
  await page.getByRole('main').getByRole('listitem').getByRole('link').click()
  await expect(page.getByRole('table').getByText('Given up')).toBeVisible()
  expect(await findings(page)).toEqual([])

  // The whole key string goes out, and the page shows its end.
  expect(to.got[0]?.json.data.key).toBe(key.key)
  await page.getByRole('table').getByRole('link', { name: 'license_key.issued' }).click()
  await expect(page.getByText('The whole key string was sent.')).toBeVisible()
  expect(await page.content()).not.toContain(key.key)
  await page.goBack()

  to.status = 200
  await page.getByRole('button', { name: 'Switch on' }).click()
  await confirm(page, 'Switch on')
  await page.getByRole('button', { name: 'Send all failed again' }).click()
  await expect(page.getByRole('dialog').getByRole('combobox')).toHaveText('In the last hour: 1 message')
  await confirm(page, 'Send again')
  await expect(page.getByText('Sending 1 message again')).toBeVisible()
  await expect(page.getByRole('table').getByText('Sent', { exact: true })).toBeVisible()
  expect(new Set(to.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await expect(page.getByRole('button', { name: 'Send all failed again' })).toHaveCount(0)
})

test('an endpoint has the format that its receiver was written for', async ({ page, context }) => {
  const shop = await makeOrganization()
  const issue = await issueIn(shop)
  const to = await receiver()
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/settings/webhooks/new`)
  await page.getByRole('radio', { name: 'Chosen events' }).check()
  await page.getByRole('checkbox', { name: 'purchase.refunded' }).check()
  await page.getByRole('radio', { name: 'Dodo Payments' }).check()
  // What the format does not have cannot be chosen, and what was chosen of another is gone.
  await expect(page.getByRole('checkbox', { name: 'purchase.refunded' })).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'license_key.created' }).check()
  await page.getByRole('checkbox', { name: 'entitlement_grant.revoked' }).check()
  await page.getByLabel('Address', { exact: true }).fill(to.url)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Create endpoint' }).click()
  await page.getByRole('button', { name: 'Copy secret' }).click()
  const secret = await copied(page, /^whsec_/)
  await page.getByRole('link', { name: 'Done' }).click()
  await issue()
  await page.getByRole('table').getByRole('link', { name: 'license_key.created' }).click()
  await expect(heading(page, 'license_key.created')).toBeVisible()
  await expect(page.getByText('Sent', { exact: true })).toBeVisible()
  expect(verified(secret, to.got[0] as Got)).toMatchObject({ type: 'license_key.created' })
  await page.goBack()
  await page.getByRole('button', { name: 'Send a test event' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Event' }).click()
  await expect(page.getByRole('option', { name: 'ping' })).toHaveCount(0)
  await page.getByRole('option', { name: 'entitlement_grant.revoked' }).click()
  await confirm(page, 'Send')
  await expect(heading(page, 'entitlement_grant.revoked')).toBeVisible()
  await expect(page.getByText('Sent', { exact: true })).toBeVisible()
  expect(to.got.map(({ json }) => json.type)).toEqual(['license_key.created', 'entitlement_grant.revoked'])
})

for (const role of ['viewer', 'support'] as const) {
  test(`${role === 'viewer' ? 'a viewer' : 'support'} sees webhooks and changes nothing about them`, async ({
    page,
    context,
  }) => {
    const shop = await makeOrganization()
    const issue = await issueIn(shop)
    const to = await receiver()
    const order = CreateEndpoint.parse({ url: to.url, types: ['license_key.issued'], hasKeyStrings: true })
    await createEndpoint(shop.merchant, order, '2026-11-28', new Date())
    const key = await issue()
    await expect.poll(() => to.got.length).toBe(1)
    await signIn(context, await shop.member(role))
    const list = `/dashboard/${shop.slug}/settings/webhooks`
    await page.goto(list)
    await expect(page.getByRole('main').getByRole('link', { name: 'New endpoint' })).toHaveCount(0)
    await page.getByRole('main').getByRole('listitem').getByRole('link').click()
    await expect(page.getByRole('button', { name: 'Send a test event' })).toHaveCount(0)
    await page.getByRole('table').getByRole('link', { name: 'license_key.issued' }).click()
    await expect(page.getByText('said 200')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Send again' })).toHaveCount(0)
    expect(await page.content()).not.toContain(key.key)
    await page.goBack()
    await tab(page, 'Settings')
    await expect(page.getByText('Your role does not allow this')).toBeVisible()
    await page.goto(`${list}/new`)
    await expect(page.getByText('Your role does not allow this')).toBeVisible()
  })
}
