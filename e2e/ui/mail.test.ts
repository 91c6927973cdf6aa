import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { record } from '#lib/events/commands.ts'
import { seal } from '#lib/secrets/secrets.ts'
import { findings } from '../axe.ts'
import { expect, test } from '../browser.ts'
import { send } from '../http.ts'
import { linkIn, mailsTo, waitForMail } from '../inbox.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
const mailIn = (page: Page) => page.frameLocator('iframe[title="The mail"]')
const said = (page: Page, words: string | RegExp) => expect(page.getByText(words).first()).toBeVisible()

/** A picture of so many pixels, as a canvas draws it. */
const picture = async (page: Page, type: 'image/png' | 'image/jpeg', width: number, height: number) => {
  const url = await page.evaluate(
    ([type, width, height]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d')
      if (context) {
        context.fillStyle = '#1f6feb'
        context.fillRect(0, 0, width, height)
        context.fillStyle = '#ffffff'
        context.font = `600 ${height / 2}px sans-serif`
        context.fillText('Inkwell', height / 3, height * 0.68)
      }
      return canvas.toDataURL(type)
    },
    [type, width, height] as const,
  )
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

test('a merchant gives their mail looks and words, sees them while typing, and sends a test to themselves', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  await shop.product([await shop.configuration()], 'Quill Pro')
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}`)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Mail', exact: true }).click()
  await expect(heading(page, 'Mail')).toBeVisible()

  // ------------------------------------------------------------- which messages go out
  const device = page.getByRole('switch', { name: 'New device activated' })
  await expect(device).not.toBeChecked()
  await expect(page.getByRole('switch', { name: 'Expired' })).toBeChecked()
  await expect(page.getByRole('switch', { name: 'Key sent again' })).toHaveCount(0)
  await device.click()
  await said(page, 'New device activated: on')
  await page.reload()
  await expect(device).toBeChecked()

  // ------------------------------------------------------------- looks
  await page.getByRole('navigation', { name: 'Mail' }).getByRole('link', { name: 'Looks' }).click()
  await page.getByRole('textbox', { name: /^Color/ }).fill('#ffee0')
  await page.getByRole('button', { name: 'Save' }).click()
  await said(page, 'Enter a color like #1f6feb.')
  await page.getByRole('textbox', { name: /^Color/ }).fill('#ffee00')
  await page.getByRole('textbox', { name: 'Name' }).fill('Inkwell')
  await page.getByRole('textbox', { name: 'Help' }).fill('https://inkwell.example/help')
  // Before it is saved; black can be read on yellow.
  const button = mailIn(page).getByRole('link', { name: 'Your purchases' })
  await expect(button).toHaveCSS('background-color', 'rgb(255, 238, 0)')
  await expect(button).toHaveCSS('color', 'rgb(0, 0, 0)')
  await expect(mailIn(page).getByRole('link', { name: 'inkwell.example/help' })).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await said(page, 'Saved')
  const logo = page.locator('input[type=file]')
  await logo.setInputFiles({
    ...{ name: 'logo.png', mimeType: 'image/png' },
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'.padEnd(200)),
  })
  await said(page, 'Choose a PNG, JPEG or WebP picture.')
  await logo.setInputFiles({
    ...{ name: 'logo.png', mimeType: 'image/png' },
    buffer: Buffer.concat([await picture(page, 'image/png', 320, 80), Buffer.alloc(820_000)]),
  })
  await said(page, 'Use a picture of at most 800 KB')
  await logo.setInputFiles({
    ...{ name: 'logo.jpg', mimeType: 'image/jpeg', buffer: await picture(page, 'image/jpeg', 320, 80) },
  })
  await said(page, 'Logo saved')
  await expect(page.getByRole('img', { name: 'Your logo' })).toBeVisible()
  const shown = mailIn(page).getByRole('img', { name: 'Inkwell' })
  await expect(shown).toBeVisible()
  // It has its place before it is there, and is drawn anew with the mail.
  await expect(shown).toHaveJSProperty('naturalWidth', 320)
  expect(await findings(page)).toEqual([])

  // ------------------------------------------------------------- words
  await page.getByRole('navigation', { name: 'Mail' }).getByRole('link', { name: 'Messages' }).click()
  await page.getByRole('link', { name: 'Expires soon' }).click()
  await expect(heading(page, 'Expires soon')).toBeVisible()
  const subject = page.getByRole('textbox', { name: 'Subject' })
  await subject.fill('{{customer.nam}}, renew {{product.name}}')
  await said(page, 'There is no variable {{customer.nam}} in this mail.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(subject).toHaveAttribute('aria-invalid', 'true')
  expect(await prisma.mailText.count({ where: { organizationId: shop.id } })).toBe(0)
  await subject.fill('{{customer.name}}, renew {{product.name}} <b>now</b>')
  const text = page.getByRole('textbox', { name: 'Text' })
  await text.fill('In {{key.days}} days it is over: <script>alert(1)</script>')
  await page.getByRole('button', { name: '{{key.ends}}' }).click()
  await expect(text).toHaveValue(/<\/script>\{\{key\.ends\}\}$/)
  const mail = mailIn(page)
  await expect(mail.getByRole('heading', { name: 'Ada Example, renew Quill Pro <b>now</b>' })).toBeVisible()
  await expect(mail.getByText(/^In 7 days it is over: <script>alert\(1\)<\/script>\d+ \w+ \d{4}/)).toBeVisible()
  const sheet = mail.getByRole('main')
  await expect(sheet).toHaveCSS('background-color', 'rgb(250, 249, 247)')
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect(sheet).toHaveCSS('background-color', 'rgb(18, 17, 15)')
  await page.getByRole('button', { name: 'Plain text' }).click()
  await said(page, /Stop these reminders: http/)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Send a test to me' }).click()
  await said(page, `On its way to ${shop.email}`)
  const trial = await waitForMail(shop.email, /^Test: Ada Example, renew Quill Pro <b>now<\/b>$/)
  expect(trial.html).toContain('&lt;script&gt;alert(1)')
  expect(trial.html).toContain('cid:logo@latchkey')
  // Nothing is saved by trying.
  expect(await prisma.mailText.count({ where: { organizationId: shop.id } })).toBe(0)
  await page.getByRole('button', { name: 'Save' }).click()
  await said(page, 'Your words')
  await page.getByRole('button', { name: 'Back to the original' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Back to the original' }).click()
  await expect(subject).toHaveValue('Your license for {{product.name}} ends on {{key.ends}}')

  // ------------------------------------------------------------- what became of it
  await expect.poll(() => prisma.mail.count({ where: { to: shop.email, status: 'sent' } })).toBe(1)
  await page.getByRole('navigation', { name: 'Breadcrumbs' }).getByRole('link', { name: 'Mail' }).click()
  await page.getByRole('navigation', { name: 'Mail' }).getByRole('link', { name: 'Sent' }).click()
  const row = page.getByRole('row').filter({ hasText: shop.email })
  await expect(row).toContainText('Test')
  await expect(row).toContainText('Sent')
})

test('what bounced says why, and is sent again where it belongs', async ({ page, context }) => {
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const configuration = await shop.configuration()
  const product = await shop.product([configuration])
  const key = await shop.issue(configuration, {
    productId: product,
    reference: `B-${newId().slice(-6)}`,
  })
  const words = '550 5.1.1 The account does not exist here'
  // One that waited would be sent at a moment nobody knows.
  await prisma.mail.create({
    data: {
      ...{ organizationId: shop.id, licenseKeyId: key.id, to: key.customerEmail, template: 'license-key' },
      ...{ status: 'failed', attempts: 1, smtpCode: 550, lastError: words },
      payload: seal('mail-payload', JSON.stringify({ licenseKeyId: key.id })),
    },
  })
  await signIn(context, shop.merchant)
  const { purchaseId, customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  const places = [`/license-keys/${key.id}`, `/purchases/${purchaseId}`, `/customers/${customerId}`]
  for (const place of [...places, '/settings/mail/sent?state=bounced']) {
    await page.goto(`/dashboard/${shop.slug}${place}`)
    await said(page, 'Bounced')
    await said(page, words)
    await expect(page.getByRole('button', { name: `Send again to ${key.customerEmail}` })).toBeVisible()
  }
  await page.getByRole('button', { name: `Send again to ${key.customerEmail}` }).click()
  await said(page, `On its way to ${key.customerEmail}`)
  await page.goto(`/dashboard/${shop.slug}/settings/mail/sent?q=${encodeURIComponent(key.customerEmail)}`)
  await expect(page.getByRole('row').filter({ hasText: key.customerEmail })).toHaveCount(2)
  expect(await findings(page)).toEqual([])
  await page.goto(`/dashboard/${shop.slug}/settings/mail/sent?state=failed`)
  await expect(page.getByRole('row').filter({ hasText: key.customerEmail })).toHaveCount(0)
  // A viewer sees it, and has nothing to press.
  await signIn(context, await shop.member('viewer'))
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await said(page, words)
  await expect(page.getByRole('button', { name: /^Send again/ })).toHaveCount(0)
})

test('a key that does not work is sent again only after a question, and the mail says so', async ({
  page,
  context,
}) => {
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const key = await shop.issue(await shop.configuration())
  await signIn(context, shop.merchant)
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await page.getByRole('button', { name: 'Resend mail' }).click()
  const first = page.getByRole('dialog')
  await expect(first).toContainText('go to')
  await first.getByRole('button', { name: 'Send', exact: true }).click()
  await said(page, `On its way to ${key.customerEmail}`)
  await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'revoked', revokedFor: ['by_hand'] } })
  await page.reload()
  await page.getByRole('button', { name: 'Resend mail' }).click()
  await expect(page.getByRole('dialog')).toContainText('This key does not work: it is revoked because')
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Cancel' }).click()
  // From the list of what was sent, too.
  await expect.poll(async () => (await mailsTo(key.customerEmail)).length, { timeout: 45_000 }).toBe(1)
  await page.reload()
  await page.getByRole('button', { name: `Send again to ${key.customerEmail}` }).click()
  const asked = page.getByRole('dialog', { name: 'Send it although it does not work?' })
  await expect(asked).toContainText('The mail would say so.')
  await asked.getByRole('button', { name: 'Send anyway' }).click()
  await said(page, `On its way to ${key.customerEmail}`)
  await expect.poll(async () => (await mailsTo(key.customerEmail)).length, { timeout: 45_000 }).toBe(2)
  expect((await mailsTo(key.customerEmail)).some(({ text }) => text.includes('This key does not work any more'))).toBe(
    true,
  )
})

test('a reminder is stopped by its link, by a click or by a mail program', async ({ page }) => {
  test.setTimeout(240_000)
  const shop = await makeOrganization({ name: 'Inkwell Software' })
  const configuration = await shop.configuration({
    ...{ expiryKind: 'duration', durationCount: 5, durationUnit: 'day', expiryReminderDays: [7] },
  })
  const key = await shop.issue(configuration)
  const { expiresAt } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  const data = { endsAt: expiresAt?.toISOString() ?? '', days: 7 }
  await prisma.$transaction((tx) =>
    record(tx, { kind: 'system', name: 'Test' }, new Date(), {
      ...{ type: 'license_key.expiring', organizationId: shop.id, licenseKeyId: key.id, data },
    }),
  )
  const mail = await waitForMail(key.customerEmail, /ends on/)
  const link = new URL(linkIn(mail, '/reminders'))
  await page.goto(link.pathname + link.search)
  await expect(heading(page, 'Stop reminders?')).toBeVisible()
  await expect(page).toHaveTitle(/^Stop reminders/)
  await expect(page.getByText(key.customerEmail)).toBeVisible()
  const stops = () => prisma.mailStop.count({ where: { organizationId: shop.id, email: key.customerEmail } })
  expect(await stops()).toBe(0)
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Stop reminders' }).click()
  await expect(heading(page, 'Reminders are stopped')).toBeVisible()
  expect(await stops()).toBe(1)
  await page.getByRole('button', { name: 'Remind me again' }).click()
  await expect(heading(page, 'Stop reminders?')).toBeVisible()
  expect(await stops()).toBe(0)

  const path = `/api/reminders/stop${link.search}`
  // Programs that read mail open links.
  expect(await send({ method: 'GET', path })).toMatchObject({ status: 303 })
  expect(await stops()).toBe(0)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await send({ path, body: 'List-Unsubscribe=One-Click', headers: form })).status).toBe(200)
  expect((await send({ path, body: 'List-Unsubscribe=One-Click', headers: form })).status).toBe(200)
  expect(await stops()).toBe(1)
  expect((await send({ path: `${path}x`, body: '', headers: form })).status).toBe(404)
  expect((await send({ method: 'PUT', path, body: '', headers: form })).status).toBe(405)
  await page.goto('/reminders?mail=x&code=y')
  await expect(heading(page, 'This link does not work')).toBeVisible()
})
