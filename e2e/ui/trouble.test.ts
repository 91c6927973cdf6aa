import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { copied } from '../clipboard.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await prisma.supportSettings.create({ data: { organizationId: shop.id, extendDays: 370, seesKeys: true } })
  await signIn(context, await shop.member('support'))
})

const validate = async (page: Page, key: string, more: object = {}) => {
  const answer = await page.request.post('/api/license/validate', { data: { key, organization_id: shop.id, ...more } })
  return ((await answer.json()) as { code: string }).code
}

/** The page once what was refused a moment ago has been written. */
async function openWhen(page: Page, path: string, shown: string | RegExp) {
  await expect(async () => {
    await page.goto(path)
    await expect(page.getByText(shown).first()).toBeVisible({ timeout: 1_000 })
  }).toPass()
}

test('support sees why a key is refused, copies the answer, extends it at a click, and the queue says solved', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const configuration = await shop.configuration({
    ...{ expiryKind: 'duration', durationCount: 1, durationUnit: 'year', graceDays: 7 },
  })
  const key = await shop.issue(configuration, { customerEmail: 'ines@example.com' })
  await prisma.customer.updateMany({ where: { organizationId: shop.id }, data: { name: 'Ines' } })
  expect(await validate(page, key.key)).toBe('VALID')
  await prisma.licenseKey.update({ where: { id: key.id }, data: { expiresAt: new Date('2026-03-01T23:59:59.999Z') } })
  for (let i = 0; i < 3; i++) expect(await validate(page, key.key, { fingerprint: 'laptop' })).toBe('EXPIRED')

  const queue = `/dashboard/${shop.slug}/trouble`
  const nav = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /In trouble/ })
  // It is counted apart from the page, so it may be of a moment before.
  await expect(async () => {
    await openWhen(page, queue, 'The key has expired')
    await expect(nav).toHaveText(/In trouble\s*1 open/, { timeout: 1_000 })
  }).toPass()
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Ines' })
  await expect(row).toContainText(
    'The key expired on 1 Mar 2026, and its grace of 7 days ended on 8 Mar 2026; a device asked after that.',
  )
  await expect(row).toContainText('3 times')
  await expect(row.getByRole('link', { name: 'Mail this sentence to' })).toHaveAttribute(
    'href',
    /^mailto:[^?]+@[^?]+\?subject=Your%20license(%20for%20.+)?&body=Hello%20Ines%2C%20your%20license%20for/,
  )
  await row.getByRole('button', { name: 'Copy the sentence for the customer' }).click()
  await copied(
    page,
    /^Hello Ines, your license for .+ expired on 1 March 2026\. It works again on all your devices as soon as it is renewed\./,
  )

  await row.getByRole('button', { name: 'Extend by 1 year' }).click()
  const dialog = page.getByRole('dialog', { name: 'Extend this key by 1 year?' })
  await expect(dialog).toContainText('Its time starts again now. The next validation is a yes.')
  await dialog.getByRole('button', { name: 'Extend by 1 year' }).click()
  await expect(page.getByText('Extended by 1 year')).toBeVisible()
  await expect(page.getByText('Nobody is in trouble')).toBeVisible()
  await page.getByRole('link', { name: /Put right, waiting/ }).click()
  await expect(row).toContainText('put right, not asked since')
  await expect(row).toContainText('We have put that right: please try again, it works now.')

  expect(await validate(page, key.key)).toBe('VALID')
  await openWhen(page, `${queue}?state=solved`, /solved by itself/)
  await expect(row).toContainText('The key expired on 1 Mar 2026')
  await expect(async () => {
    await page.reload()
    await expect(nav).toHaveText('In trouble', { timeout: 1_000 })
  }).toPass()
})

test('a trouble is put aside and brought back', async ({ page }) => {
  const key = await shop.issue(await shop.configuration(), { customerEmail: 'ines@example.com' })
  await prisma.customer.updateMany({ where: { organizationId: shop.id }, data: { name: 'Ines' } })
  await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'disabled', switchedOff: true } })
  expect(await validate(page, key.key)).toBe('DISABLED')
  await openWhen(page, `/dashboard/${shop.slug}/trouble`, 'The key is disabled')
  await page.getByRole('button', { name: 'Snooze Ines' }).click()
  await page.getByRole('menuitem', { name: 'Until it gets worse' }).click()
  await expect(page.getByText('Nobody is in trouble')).toBeVisible()
  await page.getByRole('link', { name: /Snoozed/ }).click()
  await expect(page.getByText(/snoozed by .* until it gets worse/)).toBeVisible()
  await page.getByRole('button', { name: 'Bring back' }).click()
  await expect(page.getByText('Nothing is put aside')).toBeVisible()
})

test("a key's page lists its refused calls, repeats the last with the key somebody asks for, and simulates it", async ({
  page,
}) => {
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: 1 }))
  for (const label of ['Studio iMac', 'ThinkPad X1'])
    await page.request.post('/api/license/activate', {
      data: { key: key.key, organization_id: shop.id, label, fingerprint: label },
    })
  await openWhen(
    page,
    `/dashboard/${shop.slug}/license-keys/${key.id}`,
    /“ThinkPad X1” asked to join, and 1 of 1 device/,
  )
  const line = page.getByRole('main').getByText(/curl '.*\/api\/license\/activate'/)
  await expect(line).toContainText('"label":"ThinkPad X1"')
  await expect(line).not.toContainText(key.key)
  await page.getByRole('button', { name: 'Put in the key' }).click()
  await expect(line).toContainText(`"key":"${key.key}"`)
  await expect.poll(() => prisma.event.count({ where: { licenseKeyId: key.id, type: 'license_key.revealed' } })).toBe(1)

  await page.getByRole('link', { name: /^Simulate this call/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Simulate a call' })).toBeVisible()
  const check = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  await expect(page.getByText('ACTIVATION_LIMIT_REACHED').first()).toBeVisible()
  await expect(check('There is a free slot')).toContainText('Refused. 1 of 1 device is taken.')
  const events = () => prisma.event.count({ where: { organizationId: shop.id } })
  const before = await events()
  // The device that has the slot gets the same one again.
  await page.getByRole('combobox', { name: 'Device' }).click()
  await page.getByRole('option', { name: 'Studio iMac' }).click()
  await page.getByLabel('Fingerprint').fill('')
  await page.getByRole('button', { name: 'Simulate' }).click()
  await expect(page.getByText('ACTIVATED', { exact: true })).toBeVisible()
  await expect(check('There is a free slot')).toContainText('Not needed: it has a slot.')
  expect(await events()).toBe(before)
})
