// What a browser loads of scripts until it rests, as it travels (DESIGN.md, bars). A figure over its bound is mended where
// it comes from; the failure lists the files.
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { appUrl } from '../http.ts'
import { makePerson, signIn } from '../session.ts'

let shop: FullOrganization
let broken: { keyId: string; owner: { userId: string } }
test.beforeAll(async () => {
  shop = await makeFullOrganization()
  const key = await shop.issue(shop.configurationId)
  broken = { keyId: key.id, owner: await makePerson(key.customerEmail) }
  // A row that cannot be read, so that its page is the one for errors.
  await prisma.licenseKey.update({ where: { id: key.id }, data: { keyCipher: new Uint8Array(60) } })
  // So that its page draws a chart.
  const day = { licenseKeyId: shop.keyId, day: new Date(new Date().toISOString().slice(0, 10)) }
  await prisma.validationDay.upsert({
    where: { licenseKeyId_day: day },
    create: { ...day, valid: 5, refused: 2 },
    update: { valid: 5, refused: 2 },
  })
})

type Visit = [name: string, kilobytes: number, as: 'nobody' | 'customer' | 'unlucky' | 'owner', path: () => string]

const visits: Visit[] = [
  ['the login', 120, 'nobody', () => '/login'],
  ['a page that is not there', 120, 'nobody', () => '/nothing-is-here'],
  ['a link to sign in that is over', 120, 'nobody', () => '/login/link?email=a@example.com&token=not-of-this-server'],
  ['a link for a password that is over', 120, 'nobody', () => '/login/password?token=not-of-this-server'],
  ['a forgotten password', 120, 'nobody', () => '/login/forgot'],
  ['an invitation that is over', 120, 'nobody', () => '/login/invitation?token=not-of-this-server'],
  ['a link to a key that is over', 120, 'nobody', () => '/purchases/open?mail=none&code=none'],
  ['an offer of a key that is over', 120, 'nobody', () => '/purchases/take?token=none'],
  ['a link for an address that is over', 120, 'nobody', () => '/purchases/address/confirm?token=none'],
  ['a customer’s page that is not there', 120, 'customer', () => `/purchases/${shop.spareCustomerId}`],
  ['an error', 120, 'unlucky', () => `/purchases/${broken.keyId}`],
  ['an organization of somebody else', 250, 'owner', () => '/dashboard/nobody-has-this/license-keys'],
  ['purchases', 120, 'customer', () => '/purchases'],
  ['a purchased key', 120, 'customer', () => `/purchases/${shop.keyId}`],
  ['a list', 250, 'owner', () => `/dashboard/${shop.slug}/license-keys`],
  ['the list of purchases', 250, 'owner', () => `/dashboard/${shop.slug}/purchases`],
  ['the list of stores', 250, 'owner', () => `/dashboard/${shop.slug}/settings/stores`],
  ['the list of customers', 250, 'owner', () => `/dashboard/${shop.slug}/customers`],
  ['the history of a customer', 250, 'owner', () => `/dashboard/${shop.slug}/customers/${shop.customerId}/history`],
  ['the list of activations', 250, 'owner', () => `/dashboard/${shop.slug}/activations`],
  ['the list of products', 250, 'owner', () => `/dashboard/${shop.slug}/products`],
  ['the list of key configurations', 250, 'owner', () => `/dashboard/${shop.slug}/key-configurations`],
  ['the list of imports', 250, 'owner', () => `/dashboard/${shop.slug}/imports`],
  ['the list of members', 250, 'owner', () => `/dashboard/${shop.slug}/settings/members`],
  ['the list of API keys', 250, 'owner', () => `/dashboard/${shop.slug}/settings/api-keys`],
  ['the list of webhooks', 250, 'owner', () => `/dashboard/${shop.slug}/settings/webhooks`],
  ['the list of mails', 250, 'owner', () => `/dashboard/${shop.slug}/settings/mail`],
  ['the security log', 250, 'owner', () => `/dashboard/${shop.slug}/settings/security`],
  ['background work', 250, 'owner', () => `/dashboard/${shop.slug}/settings/background-work`],
  ['deliveries', 250, 'owner', () => `/dashboard/${shop.slug}/settings/stores/${shop.connectionId}/deliveries`],
  ['sent mail', 250, 'owner', () => `/dashboard/${shop.slug}/settings/mail/sent`],
  ['the words of a mail', 280, 'owner', () => `/dashboard/${shop.slug}/settings/mail/texts/renewed`],
  ['webhook messages', 250, 'owner', () => `/dashboard/${shop.slug}/settings/webhooks/${shop.webhookEndpointId}`],
  ['a purchase', 280, 'owner', () => `/dashboard/${shop.slug}/purchases/${shop.purchaseId}`],
  ['a store', 280, 'owner', () => `/dashboard/${shop.slug}/settings/stores/${shop.connectionId}`],
  ['the history', 250, 'owner', () => `/dashboard/${shop.slug}/history`],
  ['the live page', 250, 'owner', () => `/dashboard/${shop.slug}/live`],
  ['a key', 280, 'owner', () => `/dashboard/${shop.slug}/license-keys/${shop.keyId}`],
  ['customers in trouble', 250, 'owner', () => `/dashboard/${shop.slug}/trouble`],
  ['keys by risk', 250, 'owner', () => `/dashboard/${shop.slug}/risk`],
  ['the risk of a key', 250, 'owner', () => `/dashboard/${shop.slug}/risk/${shop.keyId}`],
  ['settings of risk', 250, 'owner', () => `/dashboard/${shop.slug}/risk/settings`],
  ['bulk changes', 250, 'owner', () => `/dashboard/${shop.slug}/bulk-changes`],
  ['a bulk change', 250, 'owner', () => `/dashboard/${shop.slug}/bulk-changes/${shop.bulkChangeId}`],
  ['the simulator', 250, 'owner', () => `/dashboard/${shop.slug}/license-keys/${shop.keyId}/simulate`],
]

for (const [name, kilobytes, as, path] of visits)
  test(`${name} needs less than ${kilobytes} KB of scripts`, async ({ page, context, complaints }) => {
    const people = { customer: shop.alice, unlucky: broken.owner, owner: shop.merchant }
    if (as !== 'nobody') await signIn(context, people[as])
    if (as === 'unlucky') complaints.provoked.push(/status of 500|Minified React error/)
    const address = new URL(path(), appUrl).href
    const answer = await page.goto(address, { waitUntil: 'networkidle' })
    // Chromium complains about the status of a page that is not there.
    if (answer?.status() === 404)
      complaints.splice(0, complaints.length, ...complaints.filter((c) => !c.endsWith(address)))
    if (as === 'unlucky') await expect(page.getByText('Something went wrong on our side')).toBeVisible()
    if (name === 'a key') await expect(page.locator('figure svg').first()).toBeVisible()
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry instanceof PerformanceResourceTiming && /\.js($|\?)/.test(entry.name))
        .map((entry) => ({ name: entry.name, bytes: (entry as PerformanceResourceTiming).encodedBodySize })),
    )
    const sum = scripts.reduce((bytes, script) => bytes + script.bytes, 0) / 1024
    const table = scripts
      .sort((a, b) => b.bytes - a.bytes)
      .map((script) => `${(script.bytes / 1024).toFixed(1).padStart(7)} KB  ${script.name.split('/').at(-1)}`)
      .join('\n')
    const figure = `${name}: ${sum.toFixed(1)} of ${kilobytes} KB, in ${scripts.length} files`
    test.info().annotations.push({ type: 'scripts', description: figure })
    console.log(figure)
    expect(sum, table).toBeGreaterThan(50)
    expect(sum, table).toBeLessThan(kilobytes)
  })

test('what opens comes with its first use, by keyboard too, and gives the focus back', async ({ page, context }) => {
  await signIn(context, shop.merchant)
  const { keyboard } = page
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  await page.goto(`/dashboard/${shop.slug}/license-keys`)

  await button('Columns').focus()
  await keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Columns' })).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'Status' })).toBeFocused()
  await keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Columns' })).toBeHidden()
  await expect(button('Columns')).toBeFocused()

  await button('50 per page').focus()
  await keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitemradio', { name: '25' })).toBeFocused()
  await keyboard.press('Escape')
  await expect(button('50 per page')).toBeFocused()

  await button('Status').first().click()
  await expect(page.getByRole('dialog', { name: 'Status' })).toBeVisible()
  await keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Status' })).toBeHidden()
  await expect(button('Status').first()).toBeFocused()

  await page.goto(`/dashboard/${shop.slug}/license-keys/${shop.keyId}`)
  await button('Disable').focus()
  await keyboard.press('Enter')
  const asks = page.getByRole('dialog', { name: /^Disable / })
  await expect(asks).toBeVisible()
  await expect.poll(() => asks.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await keyboard.press('Escape')
  await expect(asks).toBeHidden()
  await expect(button('Disable')).toBeFocused()
})
