import type { AddressInfo } from 'node:net'
import { parse } from 'csv-parse/sync'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { createPurchase } from '../purchases/commands.ts'
import { closeMailer, deliverMail } from './deliver.ts'

// The keys of a purchase that brings several come in one mail, over a real SMTP server.

const received: Email[] = []
const smtp = new SMTPServer({
  ...{ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true },
  async onData(stream, _session, done) {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    received.push(await PostalMime.parse(Buffer.concat(chunks)))
    done()
  },
})
const system: System = { kind: 'system', name: 'Latchkey' }
const now = new Date()

beforeAll(async () => {
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  process.env.SMTP_URL = `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`
})
afterAll(() => {
  closeMailer()
  return new Promise<void>((resolve) => smtp.close(() => resolve()))
})
beforeEach(() => {
  received.length = 0
})

const limits = { activationsMode: 'limited', activationLimit: 3 } as const

/** Somebody buys so many of a product that grants these configurations. */
async function buys(quantity: number, configurations: Record<string, string>) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const email = `${newId()}@buyer.example`
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const ids = []
  for (const [name, instructions] of Object.entries(configurations))
    ids.push(
      (
        await prisma.keyConfiguration.create({
          data: { organizationId, name, instructions, prefix: '=EVIL', ...limits },
        })
      ).id,
    )
  const product = await prisma.product.create({
    data: {
      ...{ organizationId, name: 'Quill' },
      keyConfigurations: { create: ids.map((keyConfigurationId) => ({ keyConfigurationId })) },
    },
  })
  const order = { reference: `R-${newId()}`, sendMail: true, customer: { email, name: '' } }
  await createPurchase(me, { ...order, productId: product.id, quantity } as never, now)
  const keys = await prisma.licenseKey.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
  const mails = await prisma.mail.findMany({ where: { organizationId } })
  return {
    organizationId,
    email,
    order,
    mails,
    keys: keys.map((key) => ({ ...key, text: openKeyString(key.keyCipher) })),
  }
}

const deliver = async (mails: { id: string }[]) => {
  for (const { id } of mails) expect(await deliverMail(system, id, now)).toBe('sent')
}

test('one key is mailed as ever, several in one mail', async () => {
  const one = await buys(1, { Standard: '' })
  expect(one.mails.map(({ template }) => template)).toEqual(['license-key'])
  const { mails, keys, order, organizationId } = await buys(3, { Standard: 'Open **Settings**.' })
  expect(mails.map(({ template }) => template)).toEqual(['license-keys'])
  await deliver(mails)
  const [mail] = received
  expect(mail?.subject).toBe('Your 3 license keys for Quill')
  for (const body of [mail?.html ?? '', mail?.text ?? '']) {
    for (const { text } of keys) expect(body).toContain(text)
    expect(body).toContain(`Order ${order.reference}`)
    expect(body).toContain('Settings')
  }
  expect(mail?.attachments).toEqual([])
  // Each key knows that it was mailed.
  const events = await prisma.event.findMany({ where: { organizationId, type: 'license_key.mailed' } })
  expect(events.map(({ licenseKeyId }) => licenseKeyId).sort()).toEqual(keys.map(({ id }) => id).sort())
})

test('fifty come as a file that any spreadsheet reads, and no cell of it is a formula', async () => {
  const { mails, keys } = await buys(50, { Standard: '' })
  await deliver(mails)
  const [mail] = received
  expect(mail?.subject).toBe('Your 50 license keys for Quill')
  expect(mail?.text).toContain('The 50 keys are in the attached file license-keys.csv')
  expect(mail?.text).not.toContain(keys[0]?.text)
  const [file] = mail?.attachments ?? []
  expect(file).toMatchObject({ filename: 'license-keys.csv', mimeType: 'text/csv', disposition: 'attachment' })
  const content = new TextDecoder('utf-8', { ignoreBOM: true }).decode(file?.content as ArrayBuffer)
  expect(content.startsWith('\uFEFF')).toBe(true)
  const [head, ...rows] = parse(content, { bom: true }) as string[][]
  expect(head).toEqual(['license_key', 'product', 'valid_until', 'devices', 'status'])
  expect(rows.map(([key]) => key?.replace(/^'/, '')).sort()).toEqual(keys.map(({ text }) => text).sort())
  expect(rows[0]?.slice(1)).toEqual(['Quill', '', '3', 'Active'])
  expect(content).not.toContain('Standard')
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@-]/)
})

test('the keys of a bundle stand under what each allows, never under the seller’s own names for them', async () => {
  const { mails, keys, organizationId } = await buys(1, {
    'Editor, internal': 'Open Settings.',
    Server: 'Edit the file.',
  })
  await prisma.keyConfiguration.updateMany({
    where: { organizationId, name: 'Server' },
    data: { activationLimit: 25, entitlements: ['sync'] },
  })
  await deliver(mails)
  const [mail] = received
  for (const { text } of keys) expect(mail?.text).toContain(text)
  expect(mail?.text).toContain('Works on 3 devices at a time.')
  expect(mail?.text).toContain('Works on 25 devices at a time. Includes sync.')
  expect(mail?.text).not.toContain('internal')
  expect(mail?.text).not.toContain('Server')
  expect(mail?.text).not.toContain('How to activate')
})

test('which keys do not work any more stands at the top and beside each', async () => {
  const { mails, keys, organizationId } = await buys(2, { Standard: 'Open Settings.' })
  const [first] = keys
  await prisma.licenseKey.update({
    where: { id: first?.id ?? '' },
    data: { status: 'revoked', revokedFor: ['by_hand'] },
  })
  await deliver(mails)
  expect(received[0]?.text).toMatch(/^1 of these 2 keys does not work any more/)
  expect(received[0]?.text).toMatch(new RegExp(`Revoked\\.\\n {4}${first?.text}`))
  await prisma.licenseKey.updateMany({ where: { organizationId }, data: { status: 'disabled', revokedFor: [] } })
  await prisma.mail.updateMany({ where: { organizationId }, data: { status: 'waiting', dueAt: now } })
  received.length = 0
  await deliver(mails)
  expect(received[0]?.text).toMatch(/^None of these keys works any more\./)
  expect(received[0]?.text).not.toContain('Open Settings')
})

test('a key that somebody else has by then is not in it; without any the mail is not sent', async () => {
  const { mails, keys, organizationId } = await buys(2, { Standard: '' })
  const other = await prisma.customer.create({ data: { organizationId, email: `${newId()}@other.example` } })
  const [first, second] = keys
  await prisma.licenseKey.update({ where: { id: first?.id ?? '' }, data: { customerId: other.id } })
  await deliver(mails)
  expect(received[0]?.text).toContain(second?.text)
  expect(received[0]?.text).not.toContain(first?.text)
  const again = await buys(2, { Standard: '' })
  const third = await prisma.customer.create({
    data: { organizationId: again.organizationId, email: `${newId()}@other.example` },
  })
  await prisma.licenseKey.updateMany({
    where: { organizationId: again.organizationId },
    data: { customerId: third.id },
  })
  expect(await deliverMail(system, again.mails[0]?.id ?? '', now)).toBe('dropped')
})
