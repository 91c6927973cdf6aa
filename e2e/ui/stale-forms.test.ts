import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { originals } from '#lib/mail-settings/originals.ts'
import { expect, test } from '../browser.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { signIn } from '../session.ts'

// Somebody changes the same thing while a form is open. Every form that edits is here, or this file fails.

let shop: FullOrganization
// One for all of them: no two forms change a field to the same.
test.beforeAll(async () => {
  shop = await makeFullOrganization()
})
test.beforeEach(({ context }) => signIn(context, shop.merchant))

type Walk = {
  /** Opens the page, and the dialog if the form is in one. */
  open: (page: Page) => Promise<unknown>
  /** Changes another field in the form; left out where there is only one. */
  other?: (page: Page) => Promise<void>
  /** Changes the field that somebody else changes. */
  same: (page: Page) => Promise<void>
  save: (page: Page, answer: 'saved' | 'refused') => Promise<void>
  /** It went through: the form is gone, or says so. */
  saved: (page: Page) => Promise<void>
  /** Somebody else's change, and another one of the same field. */
  theirs: (step: 1 | 2) => Promise<unknown>
  /** What is stored: the contested field, and the other one. */
  stored: () => Promise<[unknown, unknown?]>
  expected: { other?: unknown; theirs: unknown; mine: unknown }
  conflict: RegExp
  typed: (page: Page) => Promise<void>
  /** Of a form that stays open: the same field once more, which nobody else has changed meanwhile. */
  again?: { type: (page: Page) => Promise<void>; mine: unknown }
}

const at = (rest: string) => `/dashboard/${shop.slug}${rest}`
const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click()
const leavesEdit = (page: Page) => expect(page).not.toHaveURL(/\/edit$/)
const saved = (page: Page) => expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
const dialogCloses = (page: Page) => expect(page.getByRole('dialog')).toHaveCount(0)
const pick = async (page: Page, label: string, option: RegExp) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}
const deviceLabel = async () =>
  (await prisma.activation.findUniqueOrThrow({ where: { id: shop.activations[0] ?? '' } })).label
const renameDevice = (step: 1 | 2) =>
  prisma.activation.update({ where: { id: shop.activations[0] ?? '' }, data: { label: `Theirs ${step}` } })

// By the file of the form.
const dashboard = 'dashboard/[organization]'
const walks: Record<string, () => Walk> = {
  [`${dashboard}/license-keys/[id]/edit/edit-form.tsx`]: () => {
    const where = { id: shop.keyId }
    const devices = (page: Page) => page.getByRole('textbox', { name: 'Devices' })
    return {
      open: (page) => page.goto(at(`/license-keys/${shop.keyId}/edit`)),
      other: async (page) => {
        const note = page.getByRole('textbox', { name: 'Note' })
        await note.fill('Moved to a new studio')
        // What is typed while scripts start may be put behind what was there.
        await expect(note).toHaveValue('Moved to a new studio')
      },
      same: async (page) => {
        await page.getByRole('group', { name: 'How many devices' }).getByRole('radio', { name: 'Custom limit' }).check()
        await devices(page).fill('5')
      },
      save: press('Save changes'),
      saved: leavesEdit,
      theirs: (step) =>
        prisma.licenseKey.update({
          where,
          data: {
            activationsModeOverride: 'limited',
            activationLimitOverride: step === 1 ? 10 : 12,
            newDevicesBlocked: true,
          },
        }),
      stored: async () => {
        const key = await prisma.licenseKey.findUniqueOrThrow({ where })
        return [`${key.activationLimitOverride} ${key.newDevicesBlocked ? 'blocked' : 'open'}`, key.note]
      },
      expected: { other: 'Moved to a new studio', theirs: '10 blocked', mine: '5 blocked' },
      conflict: /Devices is now 12, you entered 5/,
      typed: (page) => expect(devices(page)).toHaveValue('5'),
    }
  },
  [`${dashboard}/license-keys/view-form.tsx`]: () => {
    const where = { id: shop.viewId }
    const name = (page: Page) => page.getByRole('textbox', { name: 'Name' })
    return {
      open: async (page) => {
        await page.goto(at(`/license-keys?view=${shop.viewId}`))
        await page.getByRole('button', { name: 'View', exact: true }).click()
        await page.getByRole('menuitem', { name: /^Change “/ }).click()
        await expect(name(page)).toBeVisible()
      },
      other: (page) => page.getByRole('textbox', { name: 'Filters' }).fill('seen:never'),
      same: (page) => name(page).fill(`Mine ${shop.mark}`),
      save: press('Save changes'),
      saved: dialogCloses,
      theirs: (step) => prisma.savedView.update({ where, data: { name: `Theirs ${step} ${shop.mark}` } }),
      stored: async () => {
        const view = await prisma.savedView.findUniqueOrThrow({ where })
        return [view.name, view.query]
      },
      expected: { other: 'seen:never', theirs: `Theirs 1 ${shop.mark}`, mine: `Mine ${shop.mark}` },
      conflict: /Name is now “Theirs 2 \w+”, you entered “Mine \w+”/,
      typed: (page) => expect(name(page)).toHaveValue(`Mine ${shop.mark}`),
    }
  },
  [`${dashboard}/customers/[id]/edit/edit-form.tsx`]: () => {
    const where = { id: shop.spareCustomerId }
    const name = (page: Page) => page.getByRole('textbox', { name: /^Name/ })
    const email = `spare-two@${shop.mark}.example`
    return {
      open: (page) => page.goto(at(`/customers/${shop.spareCustomerId}/edit`)),
      other: (page) => page.getByRole('textbox', { name: 'E-mail' }).fill(email),
      same: (page) => name(page).fill(`Mine ${shop.mark}`),
      save: press('Save changes'),
      saved: leavesEdit,
      theirs: (step) => prisma.customer.update({ where, data: { name: `Theirs ${step} ${shop.mark}` } }),
      stored: async () => {
        const customer = await prisma.customer.findUniqueOrThrow({ where })
        return [customer.name, customer.email]
      },
      expected: { other: email, theirs: `Theirs 1 ${shop.mark}`, mine: `Mine ${shop.mark}` },
      conflict: /Name is now “Theirs 2 \w+”, you entered “Mine \w+”/,
      typed: (page) => expect(name(page)).toHaveValue(`Mine ${shop.mark}`),
    }
  },
  [`${dashboard}/customers/[id]/note-text.tsx`]: () => {
    const where = { id: shop.noteId }
    const note = (page: Page) => page.getByRole('textbox', { name: 'Note', exact: true })
    return {
      open: async (page) => {
        await page.goto(at(`/customers/${shop.customerId}`))
        await press('Edit the note of Mira Member')(page)
      },
      same: (page) => note(page).fill('Mine'),
      save: press('Save'),
      saved: (page) => expect(note(page)).toHaveCount(0),
      theirs: (step) => prisma.customerNote.update({ where, data: { text: `Theirs ${step}` } }),
      stored: async () => [(await prisma.customerNote.findUniqueOrThrow({ where })).text],
      expected: { theirs: 'Theirs 1', mine: 'Mine' },
      conflict: /Somebody else changed this to “Theirs 2”/,
      typed: (page) => expect(note(page)).toHaveValue('Mine'),
    }
  },
  [`${dashboard}/products/product-form.tsx`]: () => {
    const where = { id: shop.productId }
    const name = (page: Page) => page.getByRole('textbox', { name: 'Name' })
    return {
      open: (page) => page.goto(at(`/products/${shop.productId}/edit`)),
      other: (page) => page.getByRole('textbox', { name: /^Description/ }).fill('Writes well'),
      same: (page) => name(page).fill(`Mine ${shop.mark}`),
      save: press('Save changes'),
      saved: leavesEdit,
      theirs: (step) => prisma.product.update({ where, data: { name: `Theirs ${step} ${shop.mark}` } }),
      stored: async () => {
        const product = await prisma.product.findUniqueOrThrow({ where })
        return [product.name, product.description]
      },
      expected: { other: 'Writes well', theirs: `Theirs 1 ${shop.mark}`, mine: `Mine ${shop.mark}` },
      conflict: /Name is now “Theirs 2 \w+”, you entered “Mine \w+”/,
      typed: (page) => expect(name(page)).toHaveValue(`Mine ${shop.mark}`),
    }
  },
  [`${dashboard}/key-configurations/key-configuration-form.tsx`]: () => {
    const where = { id: shop.configurationId }
    const limit = (page: Page) => page.getByRole('textbox', { name: 'Device limit' })
    return {
      open: (page) => page.goto(at(`/key-configurations/${shop.configurationId}/edit`)),
      other: async (page) => {
        await page.getByRole('textbox', { name: /^Version/ }).fill('5.x')
        await page.getByRole('switch', { name: 'Until the end of the day' }).click()
      },
      same: (page) => limit(page).fill('5'),
      save: async (page, answer) => {
        await press('Review')(page)
        // The alert of an earlier answer goes only when the next one is there: what is waited for is the step.
        if (answer === 'saved') await press('Save changes')(page)
      },
      saved: leavesEdit,
      theirs: (step) =>
        prisma.keyConfiguration.update({ where, data: { activationLimit: step === 1 ? 10 : 12, graceDays: 30 } }),
      stored: async () => {
        const { activationLimit, graceDays, version, endsWithDay } = await prisma.keyConfiguration.findUniqueOrThrow({
          where,
        })
        return [`${activationLimit} and ${graceDays} days`, `${version} ${endsWithDay}`]
      },
      expected: { other: '5.x true', theirs: '10 and 30 days', mine: '5 and 30 days' },
      conflict: /Devices is now 12 devices, you entered 5 devices/,
      typed: (page) => expect(limit(page)).toHaveValue('5'),
    }
  },
  [`${dashboard}/license-keys/[id]/note-card.tsx`]: () => {
    const where = { id: shop.keyId }
    const note = (page: Page) => page.getByRole('textbox', { name: 'Note' })
    return {
      open: async (page) => {
        await page.goto(at(`/license-keys/${shop.keyId}`))
        await press('Edit note')(page)
      },
      same: (page) => note(page).fill('Mine'),
      save: press('Save'),
      saved: (page) => expect(note(page)).toHaveCount(0),
      theirs: (step) => prisma.licenseKey.update({ where, data: { note: `Theirs ${step}` } }),
      stored: async () => [(await prisma.licenseKey.findUniqueOrThrow({ where })).note],
      expected: { theirs: 'Theirs 1', mine: 'Mine' },
      conflict: /Somebody else changed this to “Theirs 2”/,
      typed: (page) => expect(note(page)).toHaveValue('Mine'),
    }
  },
  [`${dashboard}/license-keys/[id]/device-list.tsx`]: () => ({
    open: async (page) => {
      await page.goto(at(`/license-keys/${shop.keyId}`))
      await page.getByRole('button', { name: `Rename ${await deviceLabel()}` }).click()
    },
    same: (page) => page.getByRole('textbox', { name: 'Name' }).fill('Mine'),
    save: press('Rename'),
    saved: dialogCloses,
    theirs: renameDevice,
    stored: async () => [await deviceLabel()],
    expected: { theirs: 'Theirs 1', mine: 'Mine' },
    conflict: /Somebody else changed this to “Theirs 2”/,
    typed: (page) => expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Mine'),
  }),
  'purchases/device-windows.tsx': () => ({
    open: async (page) => {
      await page.context().clearCookies()
      await signIn(page.context(), shop.alice)
      await page.goto(`/purchases/${shop.keyId}`)
      await page.getByRole('button', { name: `Rename ${await deviceLabel()}` }).click()
    },
    same: (page) => page.getByRole('textbox', { name: 'Name' }).fill('Owner’s own'),
    save: press('Rename'),
    saved: dialogCloses,
    theirs: renameDevice,
    stored: async () => [await deviceLabel()],
    expected: { theirs: 'Theirs 1', mine: 'Owner’s own' },
    conflict: /Somebody else changed this to “Theirs 2”/,
    typed: (page) => expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Owner’s own'),
  }),
  [`${dashboard}/settings/mail/looks/looks-form.tsx`]: () => {
    const where = { organizationId: shop.id }
    const name = (page: Page) => page.getByRole('textbox', { name: 'Name' })
    return {
      open: (page) => page.goto(at('/settings/mail/looks')),
      other: (page) => page.getByRole('textbox', { name: 'Help' }).fill('https://example.com/help'),
      same: (page) => name(page).fill('Mine'),
      save: press('Save'),
      saved,
      theirs: (step) => prisma.mailSettings.update({ where, data: { name: `Theirs ${step}` } }),
      stored: async () => {
        const row = await prisma.mailSettings.findUniqueOrThrow({ where })
        return [row.name, row.support]
      },
      expected: { theirs: 'Theirs 1', mine: 'Mine', other: 'https://example.com/help' },
      conflict: /Somebody else changed this to Theirs 2/,
      typed: (page) => expect(name(page)).toHaveValue('Mine'),
      again: { type: (page) => name(page).fill('Mine too'), mine: 'Mine too' },
    }
  },
  [`${dashboard}/settings/mail/texts/[mail]/text-form.tsx`]: () => {
    const subject = (page: Page) => page.getByRole('textbox', { name: 'Subject' })
    const where = { organizationId_mail: { organizationId: shop.id, mail: 'renewed' } }
    const { intro } = originals.renewed
    return {
      open: (page) => page.goto(at('/settings/mail/texts/renewed')),
      other: (page) => page.getByRole('textbox', { name: 'Text' }).fill('Paid.'),
      same: (page) => subject(page).fill('Mine'),
      save: press('Save'),
      saved,
      theirs: (step) => {
        const words = { subject: `Theirs ${step}` }
        return prisma.mailText.upsert({
          where,
          create: { organizationId: shop.id, mail: 'renewed', intro, ...words },
          update: words,
        })
      },
      stored: async () => {
        const row = await prisma.mailText.findUniqueOrThrow({ where })
        return [row.subject, row.intro]
      },
      expected: { theirs: 'Theirs 1', mine: 'Mine', other: 'Paid.' },
      conflict: /Somebody else changed this to “Theirs 2”/,
      typed: (page) => expect(subject(page)).toHaveValue('Mine'),
      again: { type: (page) => subject(page).fill('Mine too'), mine: 'Mine too' },
    }
  },
  [`${dashboard}/settings/organization/organization-form.tsx`]: () => {
    const where = { id: shop.id }
    const zone = (page: Page) => page.getByRole('combobox', { name: 'Time zone' })
    return {
      open: (page) => page.goto(at('/settings/organization')),
      other: (page) => page.getByRole('textbox', { name: 'Website' }).fill('https://fable.example'),
      same: (page) => zone(page).fill('Europe/Paris'),
      save: press('Save'),
      saved,
      theirs: (step) =>
        prisma.organization.update({ where, data: { timeZone: step === 1 ? 'Asia/Tokyo' : 'Asia/Seoul' } }),
      stored: async () => {
        const row = await prisma.organization.findUniqueOrThrow({ where })
        return [row.timeZone, row.websiteUrl]
      },
      expected: { theirs: 'Asia/Tokyo', mine: 'Europe/Paris', other: 'https://fable.example' },
      conflict: /Somebody else changed this to Asia\/Seoul/,
      typed: (page) => expect(zone(page)).toHaveValue('Europe/Paris'),
      again: { type: (page) => zone(page).fill('Europe/Rome'), mine: 'Europe/Rome' },
    }
  },
  [`${dashboard}/settings/customers/customers-form.tsx`]: () => {
    const where = { organizationId: shop.id }
    const hours = (page: Page) => page.getByRole('textbox', { name: 'Hours between two freed devices' })
    return {
      open: (page) => page.goto(at('/settings/customers')),
      other: (page) => page.getByRole('checkbox', { name: 'Replace a key by a new one' }).check(),
      same: (page) => hours(page).fill('24'),
      save: press('Save'),
      saved: (page) => expect(page.getByText('Saved').first()).toBeVisible(),
      theirs: (step) => {
        const theirs = { cooldownHours: step === 1 ? 48 : 72 }
        return prisma.customerSettings.upsert({ where, create: { ...where, ...theirs }, update: theirs })
      },
      stored: async () => {
        const row = await prisma.customerSettings.findUniqueOrThrow({ where })
        return [row.cooldownHours, row.mayRotate]
      },
      expected: { theirs: 48, mine: 24, other: true },
      conflict: /Somebody else changed this to 72 meanwhile/,
      typed: (page) => expect(hours(page)).toHaveValue('24'),
      again: { type: (page) => hours(page).fill('12'), mine: 12 },
    }
  },
  [`${dashboard}/settings/members/support-form.tsx`]: () => {
    const where = { organizationId: shop.id }
    const days = (page: Page) => page.getByRole('textbox', { name: 'Days they may extend a key by' })
    return {
      open: (page) => page.goto(at('/settings/members')),
      other: (page) => page.getByRole('checkbox', { name: 'They see whole keys' }).check(),
      same: (page) => days(page).fill('24'),
      save: press('Save'),
      saved,
      theirs: (step) => {
        const theirs = { extendDays: step === 1 ? 48 : 72 }
        return prisma.supportSettings.upsert({ where, create: { ...where, ...theirs }, update: theirs })
      },
      stored: async () => {
        const row = await prisma.supportSettings.findUniqueOrThrow({ where })
        return [row.extendDays, row.seesKeys]
      },
      expected: { theirs: 48, mine: 24, other: true },
      conflict: /Somebody else changed this to 72 meanwhile/,
      typed: (page) => expect(days(page)).toHaveValue('24'),
      again: { type: (page) => days(page).fill('12'), mine: 12 },
    }
  },
  [`${dashboard}/settings/members/ways-form.tsx`]: () => {
    const where = { id: shop.id }
    const form = (page: Page) => page.getByRole('form', { name: 'Ways to sign in' })
    const box = (page: Page, name: string) => form(page).getByRole('checkbox', { name, exact: true })
    return {
      open: (page) => page.goto(at('/settings/members')),
      same: async (page) => {
        await form(page).getByRole('radio', { name: 'Only some ways' }).check()
        await box(page, 'Password').check()
      },
      save: (page) => form(page).getByRole('button', { name: 'Save' }).click(),
      saved,
      theirs: (step) =>
        prisma.organization.update({
          where,
          data: { signInWays: step === 1 ? ['password', 'passkey'] : ['password', 'mail'] },
        }),
      stored: async () => [(await prisma.organization.findUniqueOrThrow({ where })).signInWays.join(' ')],
      expected: { theirs: 'password passkey', mine: 'password' },
      conflict: /Somebody else changed this to Password, Mailed link or code meanwhile/,
      typed: (page) => expect(box(page, 'Password')).toBeChecked(),
      again: { type: (page) => box(page, 'Passkey').check(), mine: 'password passkey' },
    }
  },
  [`${dashboard}/settings/members/member-buttons.tsx`]: () => {
    const where = { organizationId_userId: { organizationId: shop.id, userId: shop.colleagueId } }
    return {
      open: async (page) => {
        await page.goto(at('/settings/members'))
        const { email } = await prisma.user.findUniqueOrThrow({ where: { id: shop.colleagueId } })
        await page.getByRole('button', { name: `Change role of ${email}` }).click()
        // The form for invitations has a role too.
        await expect(page.getByRole('dialog')).toBeVisible()
      },
      same: (page) => pick(page, 'Role', /^Viewer/),
      save: press('Change role'),
      saved: dialogCloses,
      theirs: (step) => prisma.membership.update({ where, data: { role: step === 1 ? 'support' : 'owner' } }),
      stored: async () => [(await prisma.membership.findUniqueOrThrow({ where })).role],
      expected: { theirs: 'support', mine: 'viewer' },
      conflict: /Role is now Owner, you entered Viewer/,
      typed: (page) => expect(page.getByRole('combobox', { name: 'Role' })).toHaveText('Viewer'),
    }
  },
  [`${dashboard}/settings/security/keep-form.tsx`]: () => {
    const where = { id: shop.id }
    return {
      open: async (page) => {
        await page.goto(at('/settings/security'))
        await page.getByRole('button', { name: /^Kept / }).click()
      },
      same: (page) => pick(page, 'Keep the security log', /^3 months/),
      save: press('Save'),
      saved: dialogCloses,
      theirs: (step) => prisma.organization.update({ where, data: { securityLogMonths: step === 1 ? 24 : 36 } }),
      stored: async () => [(await prisma.organization.findUniqueOrThrow({ where })).securityLogMonths],
      expected: { theirs: 24, mine: 3 },
      conflict: /Security log is now kept 36 months, you entered kept 3 months/,
      typed: (page) => expect(page.getByRole('combobox')).toHaveText('3 months'),
    }
  },
  [`${dashboard}/history/keep-form.tsx`]: () => {
    const where = { id: shop.id }
    return {
      open: async (page) => {
        await page.goto(at('/history'))
        await page.getByRole('button', { name: /^Kept / }).click()
      },
      same: (page) => pick(page, 'Keep the history', /^3 months/),
      save: press('Save'),
      saved: dialogCloses,
      theirs: (step) => prisma.organization.update({ where, data: { historyMonths: step === 1 ? 24 : 36 } }),
      stored: async () => [(await prisma.organization.findUniqueOrThrow({ where })).historyMonths],
      expected: { theirs: 24, mine: 3 },
      conflict: /History is now kept 3 years, you entered kept 3 months/,
      typed: (page) => expect(page.getByRole('combobox')).toHaveText('3 months'),
    }
  },
  [`${dashboard}/settings/stores/[id]/settings/settings-form.tsx`]: () => {
    const where = { id: shop.spareConnectionId }
    const days = (page: Page) => page.getByLabel('After a failed payment, keys work on for')
    const margin = (page: Page) => page.getByLabel('When nothing is heard of a renewal, keys end after')
    const stored = async () => {
      const { settings } = await prisma.storeConnection.findUniqueOrThrow({ where })
      return settings as { graceDays?: number; marginDays?: number }
    }
    return {
      open: (page) => page.goto(at(`/settings/stores/${shop.spareConnectionId}/settings`)),
      other: (page) => margin(page).fill('30'),
      same: (page) => days(page).fill('3'),
      save: press('Save'),
      saved,
      theirs: async (step) => {
        const settings = { ...(await stored()), graceDays: step === 1 ? 20 : 21 }
        await prisma.storeConnection.update({ where, data: { settings } })
      },
      stored: async () => {
        const { graceDays, marginDays } = await stored()
        return [graceDays, marginDays]
      },
      expected: { other: 30, theirs: 20, mine: 3 },
      conflict: /Days after a failed payment is now 21 days, you entered 3 days/,
      typed: (page) => expect(days(page)).toHaveValue('3'),
      again: { type: (page) => days(page).fill('4'), mine: 4 },
    }
  },
  [`${dashboard}/settings/webhooks/[id]/settings/edit-form.tsx`]: () => {
    const where = { id: shop.webhookEndpointId }
    const description = (page: Page) => page.getByLabel('Description')
    return {
      open: (page) => page.goto(at(`/settings/webhooks/${shop.webhookEndpointId}/settings`)),
      other: (page) => page.getByRole('switch', { name: 'Send whole key strings' }).check(),
      same: (page) => description(page).fill('Mine'),
      save: press('Save'),
      saved,
      theirs: (step) => prisma.webhookEndpoint.update({ where, data: { description: `Theirs ${step}` } }),
      stored: async () => {
        const { description, hasKeyStrings } = await prisma.webhookEndpoint.findUniqueOrThrow({ where })
        return [description, hasKeyStrings]
      },
      expected: { other: true, theirs: 'Theirs 1', mine: 'Mine' },
      conflict: /Description is now Theirs 2, you entered Mine/,
      typed: (page) => expect(description(page)).toHaveValue('Mine'),
      again: { type: (page) => description(page).fill('Mine again'), mine: 'Mine again' },
    }
  },
  [`${dashboard}/risk/settings/policy-list.tsx`]: () => {
    const where = { keyConfigurationId: shop.configurationId }
    const seats = (page: Page) => page.getByRole('textbox', { name: 'People in a team' })
    return {
      open: async (page) => {
        await page.goto(at('/risk/settings'))
        await page.getByRole('button', { name: `Change who Editor ${shop.mark} is sold to` }).click()
      },
      same: async (page) => {
        await pick(page, 'Sold to', /^A team/)
        await seats(page).fill('7')
      },
      save: press('Save'),
      saved: dialogCloses,
      theirs: (step) => {
        const policy = { audience: 'team', seats: step === 1 ? 4 : 9 }
        return prisma.misusePolicy.upsert({
          where,
          create: { ...where, organizationId: shop.id, ...policy },
          update: policy,
        })
      },
      stored: async () => {
        const { audience, seats } = await prisma.misusePolicy.findUniqueOrThrow({ where })
        return [`${audience} of ${seats}`]
      },
      expected: { theirs: 'team of 4', mine: 'team of 7' },
      conflict: /Sold to is now a team of 9, you entered a team of 7/,
      typed: (page) => expect(seats(page)).toHaveValue('7'),
    }
  },
  [`${dashboard}/risk/settings/choices-form.tsx`]: () => {
    const where = { organizationId: shop.id }
    const days = (page: Page) => page.getByRole('textbox', { name: 'Keep shortened addresses for' })
    const saved = (page: Page) => page.getByText('Saved', { exact: true })
    return {
      open: (page) => page.goto(at('/risk/settings')),
      same: (page) => days(page).fill('7'),
      save: press('Save'),
      saved: async (page) => {
        await expect(saved(page)).toBeVisible()
        // So that the next one is told from it.
        await expect(saved(page)).toHaveCount(0)
      },
      theirs: (step) => {
        const addressDays = step === 1 ? 20 : 21
        return prisma.misuseSettings.upsert({ where, create: { ...where, addressDays }, update: { addressDays } })
      },
      stored: async () => [(await prisma.misuseSettings.findUniqueOrThrow({ where })).addressDays],
      expected: { theirs: 20, mine: 7 },
      conflict: /Shortened addresses is now kept 21 days, you entered kept 7 days/,
      typed: (page) => expect(days(page)).toHaveValue('7'),
      again: { type: (page) => days(page).fill('8'), mine: 8 },
    }
  },
  'account/name-form.tsx': () => {
    const where = { id: shop.merchant.userId }
    const name = (page: Page) => page.getByRole('textbox', { name: 'Your name' })
    return {
      open: (page) => page.goto('/account'),
      same: (page) => name(page).fill('Mine'),
      save: press('Save name'),
      saved: (page) => expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible(),
      theirs: (step) => prisma.user.update({ where, data: { name: `Theirs ${step}` } }),
      stored: async () => [(await prisma.user.findUniqueOrThrow({ where })).name],
      expected: { theirs: 'Theirs 1', mine: 'Mine' },
      conflict: /Somebody else changed this to “Theirs 2”/,
      typed: (page) => expect(name(page)).toHaveValue('Mine'),
      again: { type: (page) => name(page).fill('Mine again'), mine: 'Mine again' },
    }
  },
}

const app = path.join(import.meta.dirname, '../../app')
const read = (file: string) => readFileSync(path.join(app, file), 'utf8')
const forms = globSync('**/*.tsx', { cwd: app })
  .filter((file) => /<OpenedWith\b|\bopened=\{/.test(read(file)))
  .sort()

test('every form that changes what there is says what it was opened with, and is walked here', () => {
  expect(forms).toEqual(Object.keys(walks).sort())
  // What is new has nothing to undo; a password is never read, and so is never shown; another address is only asked for, and its mailbox confirms it. To
  // keep an organization from being deleted writes over nothing that anybody typed. A dashboard's address says itself which one it replaces.
  const unguarded = globSync('**/actions.ts', { cwd: app }).flatMap((file) =>
    [...read(file).matchAll(/(\w+) = formAction\(\s*\w+,\s*((?:Update|Change|Rename|Edit|Keep|Set)\w*)/g)]
      .filter(
        ([, , schema]) =>
          !['ChangePassword', 'ChangeAddress', 'SetUp', 'KeepOrganization', 'ChangeSlug'].includes(schema ?? ''),
      )
      .map(([, name]) => `${file}#${name}`),
  )
  expect(unguarded).toEqual([])
})

for (const form of forms) {
  test(`${form} changes only what was changed, and never undoes what somebody else did`, async ({ page }) => {
    const walk = walks[form]?.()
    if (!walk) throw new Error(`e2e/ui/stale-forms.test.ts has no row for ${form}: say what is changed there.`)
    const { other, theirs, mine } = walk.expected

    await walk.open(page)
    await walk.theirs(1)
    if (walk.other) {
      await walk.other(page)
      await walk.save(page, 'saved')
      await walk.saved(page)
      await expect.poll(walk.stored).toEqual([theirs, other])
    }

    if (walk.other) await walk.open(page)
    await walk.same(page)
    await walk.theirs(2)
    const before = await walk.stored()
    await walk.save(page, 'refused')
    await expect(page.getByText(walk.conflict).first()).toBeVisible()
    await walk.typed(page)
    expect(await walk.stored()).toEqual(before)

    await walk.save(page, 'saved')
    await walk.saved(page)
    await expect.poll(async () => (await walk.stored())[0]).toBe(mine)
    if (walk.other) expect((await walk.stored())[1]).toBe(other)

    if (!walk.again) return
    await walk.again.type(page)
    await walk.save(page, 'saved')
    await expect.poll(async () => (await walk.stored())[0]).toBe(walk.again.mine)
  })
}
