import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { expect, signedOut, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization, type Organization } from '../organization.ts'

async function signInByPassword(page: Page, { email, password }: Organization) {
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
}

const open = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

test('from a key configuration to a key that is activated, refused, freed by its owner and activated again', async ({
  page,
  complaints,
}) => {
  complaints.provoked.push(signedOut)
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const unique = newId().slice(-12)
  const customer = `ada-${unique}@example.com`
  const prefix = `INK${unique.slice(-5).toUpperCase()}`
  const devices = ['Studio iMac', 'ThinkPad X1', 'Travel laptop', 'Office PC'] as const

  // ------------------------------------------------------------- the merchant makes a configuration in three steps
  await signInByPassword(page, shop)
  await open(page, 'Key configurations')
  await page.getByRole('link', { name: 'New configuration' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Editor, perpetual')
  await page.getByLabel('Prefix').fill(prefix.toLowerCase())
  await page.getByRole('group', { name: 'Activations' }).getByRole('radio', { name: 'Limited', exact: true }).check()
  await page.getByLabel('Device limit').fill('3')
  await page.getByLabel('Activation instructions').fill('Open **Settings** and paste the key.')
  await expect(page.getByRole('complementary', { name: 'Sample' })).toContainText(`${prefix}_`)
  const steps = page.getByRole('list', { name: 'Steps' })
  await expect(steps.getByRole('listitem').nth(0)).toHaveAttribute('aria-current', 'step')
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(steps.getByRole('listitem').nth(1)).toHaveAttribute('aria-current', 'step')
  await expect(page.getByText('3 devices').first()).toBeVisible()
  await page.getByRole('button', { name: 'Save configuration' }).click()
  await expect(heading(page, 'Editor, perpetual')).toBeVisible()

  // ------------------------------------------------------------- and a product that grants it
  await open(page, 'Products')
  await page
    .getByRole('link', { name: /New product|Create a product/ })
    .first()
    .click()
  await page.getByLabel('Name', { exact: true }).fill('Inkwell Editor')
  await page.getByRole('checkbox', { name: /Editor, perpetual/ }).check()
  await page.getByRole('button', { name: 'Create product' }).click()
  await expect(heading(page, 'Inkwell Editor')).toBeVisible()

  // ------------------------------------------------------------- issues a key to a new customer and mails it
  await open(page, 'License keys')
  await page
    .getByRole('link', { name: /^Issue/ })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'Key configuration' }).click()
  await page.getByRole('option', { name: /Editor, perpetual/ }).click()
  await expect(page.getByRole('combobox', { name: 'Product' })).toContainText('Inkwell Editor')
  await page.getByLabel('E-mail').fill(customer)
  await page.getByLabel('Name').fill('Ada Example')
  await page.getByRole('switch', { name: 'Mail the key to the customer' }).check()
  await page.getByRole('button', { name: 'Issue key' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Key issued' })).toBeVisible()
  const shown = page.getByText(new RegExp(`^${prefix}_[0-9A-F-]{36}$`))
  const key = (await shown.textContent()) ?? ''

  const mail = await waitForMail(customer)
  expect(mail.subject).toBe('Your license key for Inkwell Editor')
  const mailed = mail.text.match(/[A-Z0-9]+_[0-9A-F-]{36}/)?.[0]
  expect(mailed).toBe(key)
  expect(mail.html).toContain(key)
  expect(mail.text).toContain('paste the key')

  // The history has it once it has gone out, and that comes before what follows here.
  await expect
    .poll(() => prisma.event.count({ where: { organizationId: shop.id, type: 'license_key.mailed' } }))
    .toBe(1)

  // ------------------------------------------------------------- software activates it three times, and not a fourth time
  const activate = (label: string) =>
    send({ path: '/api/license/activate', body: { key, organization_id: shop.id, label, fingerprint: label } })
  for (const label of devices.slice(0, 3)) expect((await activate(label)).status, label).toBe(200)
  const fourth = await activate(devices[3])
  expect(fourth.status).toBe(403)
  expect(fourth.json.code).toBe('ACTIVATION_LIMIT_REACHED')

  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()

  // ------------------------------------------------------------- the customer signs in by a mailed link
  await page.getByLabel('E-mail address').fill(customer)
  await page.getByRole('button', { name: 'E-mail me a sign-in link' }).click()
  await expect(heading(page, 'Check your inbox')).toBeVisible()
  await page.goto(linkIn(await waitForMail(customer, /^Sign in to/), '/login/link'))
  await page.getByRole('button', { name: `Sign in as ${customer}` }).click()
  await expect(heading(page, 'Your purchases')).toBeVisible()

  // ------------------------------------------------------------- and frees a device
  const purchase = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Inkwell Editor' }) })
  await expect(purchase).toContainText('Inkwell Software')
  await expect(purchase).toContainText('3 of 3 devices')
  await purchase.getByRole('link').click()
  await expect(heading(page, 'Inkwell Editor')).toBeVisible()
  await expect(page.getByRole('region', { name: 'License key' })).toContainText(key)
  await expect(page.getByText('3 of 3', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Deactivate ThinkPad X1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Deactivate ThinkPad X1?' })
  await expect(dialog).toContainText('Inkwell Editor stops working there')
  await dialog.getByRole('button', { name: 'Deactivate', exact: true }).click()
  await expect(page.getByText('2 of 3', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Deactivate ThinkPad X1' })).toHaveCount(0)

  expect((await activate(devices[3])).status).toBe(200)

  // ------------------------------------------------------------- the merchant sees all of it
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await signInByPassword(page, shop)
  await open(page, 'License keys')
  await page
    .getByRole('table')
    .getByRole('link', { name: new RegExp(prefix) })
    .click()
  await page.getByRole('link', { name: 'Open page' }).click()
  await expect(page).toHaveURL(/license-keys\/[0-9a-f-]{36}$/)
  const history = page.getByRole('list').filter({ hasText: 'Issued for purchase' }).getByRole('listitem')
  await expect(history).toHaveText(
    [
      /^Device activated Office PC/,
      new RegExp(`^Device deactivated ThinkPad X1 by ${customer}`),
      /^Activation refused: device limit reached Office PC/,
      /^Device activated Travel laptop/,
      /^Device activated ThinkPad X1/,
      /^Device activated Studio iMac/,
      new RegExp(`^Key mailed ${customer}`),
      new RegExp(`^Issued for purchase M-[0-9A-F]+ ${customer} by Mira Member`),
    ],
    { useInnerText: true },
  )
  await page.getByRole('button', { name: 'Reveal' }).click()
  await expect(heading(page, mailed ?? '')).toBeVisible()
  await expect(history.first()).toContainText('Key revealed by Mira Member')
})
