import { prisma } from '#lib/database/client.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { appUrl, send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const organizationOf = (token: string) =>
  send({ method: 'GET', path: '/api/v1/organization', headers: { authorization: `Bearer ${token}` } })

test('an API key is made, shown once, used and revoked', async ({ page, context }) => {
  const shop = await makeOrganization()
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API keys' }).click()
  await expect(page.getByText('No API keys yet')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'New API key' }).click()

  await page.getByRole('button', { name: 'Nothing' }).click()
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByText('Enter a name, such as where the key is used.')).toBeVisible()
  await expect(page.getByText('Choose at least one scope.')).toBeVisible()

  await page.getByLabel('Name', { exact: true }).fill('Shop server')
  await page.getByRole('group', { name: 'License keys' }).getByText('Write').click()
  await page.getByRole('group', { name: 'Events' }).getByText('Read').click()
  await page.getByText('On a date').click()
  await page.getByLabel('Last day').fill('2001-02-03')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByText('Choose a day that is not over.').first()).toBeVisible()
  await page.getByLabel('Last day').fill('2099-12-31')
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByText('Shop server is ready')).toBeVisible()
  expect(await findings(page)).toEqual([])
  const token = (await page.getByText(/^latchkey_/).textContent()) ?? ''
  await page.getByRole('button', { name: 'Copy token' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token)
  expect((await organizationOf(token)).json.id).toBe(shop.id)
  const [row] = await prisma.apiKey.findMany({ where: { organizationId: shop.id } })
  expect(row?.scopes.sort()).toEqual(['events:read', 'license_keys:read', 'license_keys:write'])
  expect(row?.expiresAt?.toISOString()).toBe('2099-12-31T23:59:59.999Z')

  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Shop server' })).toBeVisible()
  await expect(page.getByText('License keys: write')).toBeVisible()
  await expect(page.getByText('31 Dec 2099')).toBeVisible()
  await expect(page.getByText(`latchkey_••••${token.slice(-4)}`)).toBeVisible()
  expect(await page.content()).not.toContain(token)

  await page.getByRole('button', { name: 'Revoke Shop server' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('It was last used')
  expect(await findings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('No working API keys')).toBeVisible()
  await expect(page.getByRole('main').getByText('Revoked', { exact: true }).first()).toBeVisible()
  expect((await organizationOf(token)).status).toBe(401)
})

test('only owners and admins have API keys', async ({ page, context }) => {
  const shop = await makeOrganization()
  await shop.apiKey()
  await signIn(context, await shop.member('support'))
  for (const path of ['', '/new']) {
    await page.goto(`/dashboard/${shop.slug}/settings/api-keys${path}`)
    await expect(page.getByText('Your role does not allow this')).toBeVisible()
    expect(await page.content()).not.toContain('latchkey_…')
  }
})

test('the reference is tried with an API key, and asks no other host for anything', async ({ page }) => {
  const shop = await makeOrganization()
  const token = await shop.apiKey()
  const configuration = await shop.configuration()
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.goto('/docs')
  await page.getByRole('navigation', { name: 'Reference' }).getByRole('link', { name: 'License keys' }).click()
  await page.getByRole('navigation', { name: 'Reference' }).getByRole('link', { name: 'Issue a license key' }).click()
  await expect(page).toHaveURL(/\/docs\/license-keys#issueLicenseKey$/)
  const operation = page.locator('#issueLicenseKey')
  await expect(operation.getByRole('heading', { name: 'Issue a license key' })).toBeInViewport()

  await operation.getByRole('button', { name: 'Python' }).click()
  await expect(operation.getByText('import requests')).toBeVisible()
  await expect(page.locator('#getLicenseKey').getByText('import requests')).toHaveCount(1)

  await operation.getByText('Try it').click()
  await operation.getByLabel('API key').fill(token)
  const body = { key_configuration_id: configuration, customer: { email: 'zoe@example.com' } }
  await operation.getByLabel('Body').fill(JSON.stringify(body))
  await operation.getByRole('button', { name: 'Send' }).click()
  await expect(operation.getByText('201')).not.toHaveCount(0)
  await expect(operation.getByRole('figure', { name: 'Answer' })).toContainText('zoe@example.com')
  await expect(operation.getByText(/in \d+ ms/)).toBeVisible()
  expect(await findings(page)).toEqual([])

  // The token is typed once for the whole page, and gone with it.
  const list = page.locator('#listLicenseKeys')
  await list.getByText('Try it').click()
  await expect(list.getByLabel('API key')).toHaveValue(token)
  await list.getByLabel('email').fill('zoe@example.com')
  await list.getByRole('button', { name: 'Send' }).click()
  await expect(list.getByRole('figure', { name: 'Answer' })).toContainText('"has_more": false')
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))).not.toContain(
    token,
  )

  const contents = page.getByRole('navigation', { name: 'Reference' })
  await contents.getByRole('searchbox', { name: 'Find a call' }).fill('refund')
  await expect(contents.getByRole('link', { name: 'List license keys' })).toHaveCount(0)
  await contents.getByRole('link', { name: 'Refund a purchase' }).click()
  const refund = page.locator('#refundPurchase')
  await expect(refund.getByRole('heading', { name: 'Refund a purchase' })).toBeInViewport()
  await refund.getByText('Try it').click()
  await expect(refund.getByLabel('API key')).toHaveValue(token)
  expect([...hosts]).toEqual([new URL(appUrl).host])
})
