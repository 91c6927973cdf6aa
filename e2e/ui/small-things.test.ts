import type { Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { linkIn, waitForMail } from '../inbox.ts'
import { makeOrganization, type Organization } from '../organization.ts'
import { signIn } from '../session.ts'

let shop: Organization
test.beforeEach(async ({ context }) => {
  shop = await makeOrganization()
  await signIn(context, shop.merchant)
})

const main = (page: Page) => page.getByRole('main')
const phone = { width: 390, height: 780 }

test('an edited form asks before it is left by a link, the menu or going back, and not once it is saved', async ({
  page,
}) => {
  await page.goto(`/dashboard/${shop.slug}/products`)
  await main(page).getByRole('link', { name: 'New product' }).first().click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toBeVisible()
  let asked = 0
  let answer = false
  page.on('dialog', (dialog) => {
    asked++
    return answer ? dialog.accept() : dialog.dismiss()
  })
  // Nothing was typed: nothing is asked.
  await page.getByRole('link', { name: 'License keys' }).first().click()
  await expect(page).toHaveURL(/license-keys$/)
  expect(asked).toBe(0)

  await page.goBack()
  await name.fill('Inkwell')
  await main(page).getByRole('link', { name: 'Cancel' }).click()
  await expect.poll(() => asked).toBe(1)
  await expect(name).toHaveValue('Inkwell')
  await page.evaluate(() => history.back())
  await expect.poll(() => asked).toBe(2)
  await expect(name).toHaveValue('Inkwell')

  await page.getByRole('button', { name: 'Create product' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Inkwell' })).toBeVisible()
  expect(asked).toBe(2)

  await main(page).getByRole('link', { name: 'Edit' }).click()
  await name.fill('Inkwell 2')
  answer = true
  await main(page).getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Inkwell' })).toBeVisible()
  expect(asked).toBe(3)
})

test('what is wrong with a prefix is said while it is typed, and goes when it is mended', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/key-configurations/new`)
  const prefix = page.getByLabel('Prefix')
  await prefix.fill('MY APP')
  await expect(prefix).toHaveAccessibleDescription(/Use letters and digits/)
  await prefix.fill('ABCDEFGHIJKLMNOPQ')
  await expect(prefix).toHaveAccessibleDescription(/at most 16 characters/)
  await prefix.fill('MY-')
  await expect(prefix).not.toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('button', { name: 'Review' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  await name.fill('Editor')
  await expect(name).not.toHaveAttribute('aria-invalid', 'true')
})

test('fields that were mended lose their error', async ({ page }) => {
  await page.goto(`/dashboard/${shop.slug}/products/new`)
  await page.getByRole('button', { name: 'Create product' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toHaveAccessibleDescription(/Enter a name/)
  await expect(name).toBeFocused()
  await name.fill('I')
  await expect(page.getByText('Enter a name.')).toHaveCount(0)

  // What is chosen is a field, too.
  for (const each of ['Editor', 'Team']) await shop.configuration({ name: each })
  await page.goto(`/dashboard/${shop.slug}/license-keys/new`)
  await page.getByRole('button', { name: 'Issue key' }).click()
  const configuration = page.getByRole('combobox', { name: 'Key configuration' })
  await expect(configuration).toHaveAttribute('aria-invalid', 'true')
  await configuration.click()
  await page.getByRole('option', { name: /Team/ }).click()
  await expect(configuration).toHaveText('Team')
  await expect(configuration).not.toHaveAttribute('aria-invalid', 'true')

  // And so is a number.
  const { id } = await shop.issue(await shop.configuration())
  await page.goto(`/dashboard/${shop.slug}/license-keys/${id}/edit`)
  await page.getByRole('group', { name: 'How many devices' }).getByRole('radio', { name: 'Custom limit' }).check()
  const devices = page.getByRole('textbox', { name: 'Devices' })
  await devices.fill('')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(devices).toHaveAttribute('aria-invalid', 'true')
  await devices.fill('5')
  await expect(devices).not.toHaveAttribute('aria-invalid', 'true')
})

test('what was chosen in a form stays chosen when it is refused, and is what is sent next', async ({ page }) => {
  const { id } = await shop.issue(await shop.configuration())
  await page.goto(`/dashboard/${shop.slug}/license-keys/${id}/edit`)
  const custom = page.getByRole('group', { name: 'How many devices' }).getByRole('radio', { name: 'Custom limit' })
  const blocked = page.getByRole('switch', { name: 'Block new devices' })
  await custom.check()
  await blocked.check()
  await page.getByRole('textbox', { name: 'Devices' }).fill('')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('Please check the marked fields.')).toBeVisible()
  await expect(custom).toBeChecked()
  await expect(blocked).toBeChecked()
  await page.getByRole('textbox', { name: 'Devices' }).fill('7')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('of 7', { exact: true })).toBeVisible()
  const saved = { activationsModeOverride: 'limited', activationLimitOverride: 7, newDevicesBlocked: true }
  expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).toMatchObject(saved)

  await page.goto(`/dashboard/${shop.slug}/settings/api-keys/new`)
  const events = page.getByRole('group', { name: 'Events' })
  await events.getByText('Read').click()
  await page.getByText('On a date').click()
  await page.getByRole('button', { name: 'Create API key' }).click()
  await expect(page.getByText('Enter a name, such as where the key is used.')).toBeVisible()
  await expect(events.getByRole('radio', { name: 'Read' })).toBeChecked()
  await expect(page.getByRole('radio', { name: 'On a date' })).toBeChecked()
})

test('an edited form asks before its page is closed or reloaded, and before the command menu leaves it', async ({
  page,
}) => {
  await page.goto(`/dashboard/${shop.slug}/products/new`)
  const name = page.getByLabel('Name', { exact: true })
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    return dialog.dismiss()
  })
  await name.fill('Inkwell')
  await page.close({ runBeforeUnload: true })
  await expect.poll(() => asked).toEqual(['beforeunload'])
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('history')
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('History')
  await page.keyboard.press('Enter')
  await expect.poll(() => asked).toEqual(['beforeunload', 'confirm'])
  await expect(page).toHaveURL(/products\/new$/)
  await expect(name).toHaveValue('Inkwell')
})

test('a demo says that it keeps its mail, and leads to it', async ({ page }) => {
  const demo = (path: string) => new URL(path, process.env.NEXT_URL).href
  await page.goto(demo(`/dashboard/${shop.slug}`))
  await expect(page.getByText('This demo sends no mail.')).toBeVisible()
  await expect(page.getByText('Mail is not set up.')).toHaveCount(0)
  await shop.configuration({ name: 'Editor' })
  await page.goto(demo(`/dashboard/${shop.slug}/license-keys/new`))
  await expect(page.getByText('This demo sends no mail: the message goes to its outbox.')).toBeVisible()
  await expect(page.getByText(/not set up/)).toHaveCount(0)
  await page.goto(demo(`/dashboard/${shop.slug}`))
  await page.getByRole('link', { name: 'Open the outbox' }).click()
  await expect(page).toHaveURL(demo('/outbox'))
})

test('Free a device leads to the device', async ({ page }) => {
  const key = await shop.issue(await shop.configuration({ activationsMode: 'limited', activationLimit: 1 }))
  for (const label of ['Studio iMac', 'ThinkPad X1'])
    await page.request.post('/api/license/activate', { data: { key: key.key, organization_id: shop.id, label } })
  await expect(async () => {
    await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
    await page.getByRole('button', { name: 'Free a device' }).click({ timeout: 1000 })
  }).toPass()
  await expect(page.getByRole('button', { name: 'Deactivate Studio iMac' })).toBeFocused()
})

test('a list shows by what it is sorted, and its chips say names as they are', async ({ page }) => {
  await shop.issue(await shop.configuration())
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  // The usual order brings no column with it: at this width the others would be cut.
  await expect(page.getByRole('columnheader', { name: 'Expires' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Issued' })).toHaveCount(0)
  await page.goto(`/dashboard/${shop.slug}/license-keys?sort=validations`)
  await expect(page.getByRole('columnheader', { name: 'Validations' })).toHaveAttribute('aria-sort', 'descending')
  await page.getByRole('button', { name: 'Status', exact: true }).click()
  await page.getByRole('checkbox', { name: 'Expires soon' }).check()
  await expect(page.getByRole('button', { name: 'Status: Expires soon' })).toBeVisible()
})

test('on a phone values have their names, and search and filters take one row', async ({ page }) => {
  await shop.issue(await shop.configuration())
  await page.setViewportSize(phone)
  await page.goto(`/dashboard/${shop.slug}/license-keys`)
  const cell = page.getByRole('cell', { name: /^Devices/ })
  await expect(cell).toBeVisible()
  // A name without a value says something else: this key is not refused.
  await expect(page.getByText('Refused', { exact: true }).filter({ visible: true })).toHaveCount(0)
  const top = (await page.getByRole('row').last().boundingBox())?.y ?? 0
  expect(top).toBeLessThan(phone.height / 5)
})

test('on a phone a customer’s keys and purchases say what each value is', async ({ page }) => {
  const configuration = await shop.configuration()
  const productId = await shop.product([configuration])
  const { id } = await shop.issue(configuration, { productId })
  const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id } })
  await page.setViewportSize(phone)
  await page.goto(`/dashboard/${shop.slug}/customers/${customerId}`)
  const row = (name: RegExp) => main(page).getByRole('listitem').filter({ hasText: name })
  await expect(row(/Devices\s*0 of 3/)).toBeVisible()
  await expect(row(/Purchased\s*\d/)).toBeVisible()
})

test('on a phone a message is far from where sheets have their buttons', async ({ page }) => {
  await page.setViewportSize(phone)
  await page.goto(`/dashboard/${shop.slug}/settings/organization`)
  await page.getByRole('button', { name: 'Save' }).click()
  const message = page.locator('[data-sonner-toast]')
  await expect(message).toBeVisible()
  const box = await message.boundingBox()
  expect((box?.y ?? phone.height) + (box?.height ?? 0)).toBeLessThan(phone.height / 3)
})

test('the history tells stores from Latchkey', async ({ page }) => {
  await shop.issue(await shop.configuration())
  const event = {
    organizationId: shop.id,
    type: 'customer.created',
    actorKind: 'system',
    data: { email: 'a@b.example' },
  }
  await prisma.event.create({ data: { ...event, id: newId(), actorLabel: 'Stripe, Fable' } })
  await prisma.event.create({ data: { ...event, id: newId(), actorLabel: 'Latchkey' } })
  for (const [who, label] of [
    ['store', 'Stripe, Fable'],
    ['system', 'Latchkey'],
  ]) {
    await page.goto(`/dashboard/${shop.slug}/history?who=${who}`)
    const rows = page.getByRole('region', { name: 'History' }).getByRole('row')
    await expect(rows).toHaveCount(2)
    await expect(rows.last()).toContainText(label as string)
  }
})

test('the documentation leads back, and its copy buttons stand beside the code', async ({ page }) => {
  await page.goto('/docs/license-calls')
  const boxes = await page.getByRole('figure').evaluateAll((figures) =>
    figures
      .filter((figure) => !figure.querySelector('figcaption'))
      .map((figure) => {
        const code = figure.querySelector('pre')?.getBoundingClientRect()
        const copy = figure.querySelector('button')?.getBoundingClientRect()
        return code && copy ? copy.left >= code.right - 1 : true
      }),
  )
  expect(boxes).not.toContain(false)
  await page.getByRole('link', { name: 'Back to Latchkey' }).click()
  await expect(page).toHaveURL(new RegExp(`/dashboard/${shop.slug}`))
})

test('mail shows instructions as the page does', async ({ page }) => {
  const instructions = 'Press <Enter> twice.'
  const configuration = await shop.configuration({ instructions })
  const key = await shop.issue(configuration, {}, {})
  await page.goto(`/dashboard/${shop.slug}/license-keys/${key.id}`)
  await main(page).getByRole('button', { name: 'Resend mail' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  const mail = await waitForMail(key.customerEmail)
  expect(mail.html.replaceAll('<!-- -->', '')).toContain('Press &lt;Enter&gt; twice.')
  expect(mail.text).toContain('Press <Enter> twice.')
  expect(linkIn(mail)).toContain('/purchases')
})
