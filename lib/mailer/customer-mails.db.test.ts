import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { resendKeyMail } from '../license-keys/commands.ts'
import { tellEnds } from '../license-keys/ends.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { restoreLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { queueMail } from '../mail/commands.ts'
import { customerMails, mailName } from '../mail/plain.ts'
import { listMails, openContents } from '../mail/queries.ts'
import { saveMailLogo, saveMailLooks, saveMailText, sendTestMail, switchMail } from '../mail-settings/commands.ts'
import { originals } from '../mail-settings/originals.ts'
import { drawnAnew } from '../mail-settings/picture.ts'
import { stopReminders } from '../mail-settings/reminders.ts'
import { sendAgain } from './again.ts'
import { closeMailer, deliverMail } from './deliver.ts'
import { previewMail } from './sample.ts'

// What customers are told of their keys, from what happened to the bytes that a mail server gets.

type Received = Email & { source: string }
let received: Received[] = []
let refusals: [code: number, words: string][] = []

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  async onData(stream, _session, done) {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const refusal = refusals.shift()
    if (refusal) return done(Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }))
    const bytes = Buffer.concat(chunks)
    received.push({ ...(await PostalMime.parse(bytes)), source: bytes.toString('latin1') })
    done()
  },
})

const system: System = { kind: 'system', name: 'Test' }
const now = new Date('2026-11-21T12:00:00.000Z')
const at = (days: number) => new Date(now.getTime() + days * DAY_MS)
const visitor = { kind: 'visitor', address: null } as const

beforeAll(async () => {
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  process.env.SMTP_URL = `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`
  process.env.MAIL_FROM = 'Latchkey <keys@latchkey.example>'
  process.env.LATCHKEY_URL = 'https://keys.example.com'
})
afterAll(() => {
  closeMailer()
  return new Promise<void>((resolve) => smtp.close(() => resolve()))
})
beforeEach(() => {
  received = []
  refusals = []
})

async function shop({ reminders = [30, 7, 1], name = 'Inkwell', product: productName = 'Quill Pro' } = {}) {
  const organizationId = newId()
  await prisma.organization.create({
    data: {
      ...{ id: organizationId, slug: organizationId, name, timeZone: 'Europe/Berlin' },
      ...{ supportEmail: 'help@inkwell.example', websiteUrl: 'https://inkwell.example' },
    },
  })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: `mara@${organizationId}.example`, name: 'Mara' },
    ...{ organizationId, role: 'owner' },
  }
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Standard', expiryReminderDays: reminders },
  })
  const product = await prisma.product.create({ data: { organizationId, name: productName } })
  const customer = await prisma.customer.create({
    data: { organizationId, email: `ada@${organizationId}.example`, name: 'Ada' },
  })
  /** A key that was issued a year before. */
  const issue = async (expiresAt: Date | null) => {
    const { id } = await prisma.licenseKey.create({
      data: {
        ...{ id: newId(now), organizationId, keyConfigurationId: configuration.id, productId: product.id },
        ...{
          customerId: customer.id,
          expiresAt,
          createdAt: at(-365),
          ...keyStringColumns(makeKeyString('uuid', null), null),
        },
      },
    })
    return id
  }
  const mails = () => prisma.mail.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
  const told = async () => (await mails()).map(({ template }) => template)
  /** Sends what is due then, and what the server got of it. */
  const deliver = async (when: Date) => {
    received = []
    const outcomes: string[] = []
    for (const { id } of await mails()) {
      const outcome = await deliverMail(system, id, when)
      if (outcome !== 'not due') outcomes.push(outcome)
    }
    return { outcomes, received }
  }
  const list = () =>
    listMails(me, { q: '', states: [], templates: [] }, { page: 1, size: 50 }).then(({ mails }) => mails)
  return { organizationId, me, issue, mails, told, deliver, list, email: customer.email, customerId: customer.id }
}

const header = (mail: Email | undefined, name: string) => mail?.headers.find(({ key }) => key === name)?.value
const one = (mails: Received[]): Received => {
  expect(mails).toHaveLength(1)
  return mails[0] as Received
}

describe('a key that ends', () => {
  test('its customer is reminded on the days of its configuration, then told that it ended, in their time zone', async () => {
    const { organizationId, issue, deliver, email } = await shop()
    const ends = at(40)
    await issue(ends)
    const told: [day: number, subject: string][] = []
    for (const day of [0, 10, 11, 33, 34, 38, 39.5, 40, 41]) {
      await tellEnds(system, at(day), organizationId)
      const mails = (await deliver(at(day))).received
      told.push(...mails.map((mail): [number, string] => [day, mail.subject ?? '']))
      for (const mail of mails) {
        expect(mail.to).toMatchObject([{ address: email }])
        // Noon in London is one o'clock in Berlin.
        for (const body of [mail.html ?? '', mail.text ?? '']) expect(body).toContain('31 December 2026, 13:00 UTC+1')
      }
    }
    const soon = 'Your license for Quill Pro ends on 31 December 2026, 13:00 UTC+1'
    expect(told).toEqual([
      [10, soon],
      [33, soon],
      [39.5, soon],
      [40, 'Your license for Quill Pro has expired'],
    ])
  })

  test('a day that counts whole has no time', async () => {
    const { organizationId, issue, deliver } = await shop()
    await issue(new Date('2026-11-25T22:59:59.999Z'))
    await tellEnds(system, now, organizationId)
    expect(one((await deliver(now)).received).subject).toBe('Your license for Quill Pro ends on 25 November 2026')
  })

  test('nobody is reminded where no days are named; that it ended is told', async () => {
    const { organizationId, issue, told } = await shop({ reminders: [] })
    await issue(at(5))
    await tellEnds(system, now, organizationId)
    expect(await told()).toEqual([])
    await tellEnds(system, at(6), organizationId)
    expect(await told()).toEqual(['key-expired'])
  })

  test('fifty keys that end together are one mail', async () => {
    const { organizationId, issue, told, deliver } = await shop({ reminders: [7] })
    for (let i = 0; i < 50; i++) await issue(at(5))
    await issue(at(6))
    await tellEnds(system, now, organizationId)
    expect(await told()).toEqual(['key-expiring', 'key-expiring'])
    const texts = (await deliver(now)).received.map(({ text }) => text ?? '')
    expect(texts.filter((text) => text.includes('It is about 50 keys'))).toHaveLength(1)
    expect(texts.filter((text) => text.includes('It is the key that ends in'))).toHaveLength(1)
    await tellEnds(system, now, organizationId)
    expect(await told()).toHaveLength(2)
  })

  test('only reminders can be stopped by a mail program, and then they are', async () => {
    const { organizationId, me, issue, mails, told, deliver } = await shop({ reminders: [7, 1] })
    const id = await issue(at(7))
    await tellEnds(system, now, organizationId)
    const mail = one((await deliver(now)).received)
    const url = /^<(https:\/\/keys\.example\.com\/api\/reminders\/stop\?mail=([^&]+)&code=([^>]+))>$/.exec(
      header(mail, 'list-unsubscribe') ?? '',
    )
    expect(url).not.toBeNull()
    expect(header(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const [, , mailId = '', code = ''] = url ?? []
    const page = `https://keys.example.com/reminders?mail=${mailId}&code=${code}`
    expect(mail.text).toContain(page)
    expect(mail.html).toContain(page.replace('&', '&amp;'))

    for (const wrong of [
      { mail: mailId, code: 'x' },
      { mail: newId(), code },
      { mail: 'x', code },
      { mail: mailId, code: '' },
    ])
      expect(await stopReminders(visitor, wrong, true, now)).toBe(false)
    for (let twice = 0; twice < 2; twice++)
      expect(await stopReminders(visitor, { mail: mailId, code }, true, now)).toBe(true)
    await tellEnds(system, at(6), organizationId)
    await tellEnds(system, at(7), organizationId)
    await prisma.$transaction((tx) => rotateLicenseKeyFor(tx, organizationId, id))
    expect(await told()).toEqual(['key-expiring', 'key-expired'])
    for (const sent of (await deliver(at(7))).received) {
      expect(header(sent, 'list-unsubscribe')).toBeUndefined()
      expect(sent.text).not.toContain('Stop these reminders')
    }
    await stopReminders(visitor, { mail: mailId, code }, false, now)
    expect(await prisma.mailStop.count({ where: { organizationId } })).toBe(0)
    expect(me.organizationId).toBe((await mails())[0]?.organizationId)
  })

  test.each<
    [string, (of: { id: string; organizationId: string; me: Member; mailId: string }) => Promise<unknown>, RegExp]
  >([
    [
      'was renewed',
      ({ id }) => prisma.licenseKey.update({ where: { id }, data: { expiresAt: at(400) } }),
      /another end/,
    ],
    ['never ends now', ({ id }) => prisma.licenseKey.update({ where: { id }, data: { expiresAt: null } }), /no end/],
    ['was revoked', ({ id, me }) => revokeLicenseKeys(me, { licenseKeyIds: [id], reason: '' }, now), /revoked/],
    [
      'whose reader wants no more',
      async ({ mailId }) => {
        const row = await prisma.mail.findUniqueOrThrow({ where: { id: mailId } })
        const contents = openContents(row)
        const code = contents.template === 'key-expiring' ? contents.payload.code : ''
        expect(await stopReminders(visitor, { mail: mailId, code }, true, now)).toBe(true)
      },
      /wants no more/,
    ],
  ])('a reminder that waits is dropped for a key that %s', async (_, meanwhile, why) => {
    const { organizationId, me, issue, mails, deliver, list } = await shop({ reminders: [7] })
    const id = await issue(at(5))
    await tellEnds(system, now, organizationId)
    const mailId = (await mails())[0]?.id ?? ''
    await meanwhile({ id, organizationId, me, mailId })
    expect((await deliver(now)).outcomes).toEqual(['dropped'])
    const row = (await list()).find((mail) => mail.id === mailId)
    expect(row).toMatchObject({ state: 'dropped', lastError: expect.stringMatching(why) })
    await expect(sendAgain(me, { mailId }, now)).rejects.toThrow('not true any more')
  })
})

// A fact with no mail of its own.
const rotateLicenseKeyFor = (tx: Parameters<typeof record>[0], organizationId: string, licenseKeyId: string) =>
  record(tx, system, now, { type: 'license_key.updated', organizationId, licenseKeyId, data: {} })

describe('other news of keys', () => {
  test('a key that is revoked by hand is told of after second thoughts, and not when they came', async () => {
    const { me, issue, told, deliver } = await shop()
    const [kept, lost] = [await issue(null), await issue(null)]
    await revokeLicenseKeys(me, { licenseKeyIds: [kept, lost], reason: 'Shared' }, now)
    expect(await told()).toEqual(['key-revoked', 'key-revoked'])
    expect((await deliver(at(4 / 1_440))).outcomes).toEqual([])
    await restoreLicenseKeys(me, { licenseKeyIds: [kept], reason: '' }, now)
    const { outcomes, received } = await deliver(at(5 / 1_440))
    expect(outcomes.sort()).toEqual(['dropped', 'sent'])
    expect(one(received).subject).toBe('Your license key for Quill Pro no longer works')
    // What a person wrote is for colleagues.
    expect(one(received).source).not.toContain('Shared')
  })

  test('a new device is told of where that is switched on', async () => {
    const { me, organizationId, issue, told, deliver } = await shop()
    const id = await issue(null)
    const activate = (more = {}) =>
      prisma.$transaction((tx) =>
        record(tx, { kind: 'software', address: null }, now, {
          ...{ type: 'activation.created', organizationId, licenseKeyId: id },
          data: { label: 'iMac <b>x</b>', ...more },
        }),
      )
    await activate()
    expect(await told()).toEqual([])
    await switchMail(me, { mail: 'device-activated', on: true }, now)
    // One that was taken away and came back by undoing is not new.
    await activate({ undone: true })
    await activate()
    const mail = one((await deliver(now)).received)
    expect(mail.text).toContain('iMac <b>x</b> was activated')
    expect(mail.html).toContain('iMac &lt;b&gt;x&lt;/b&gt; was activated')
    expect(mail.text).toContain('21 November 2026, 13:00 UTC+1')
  })

  test('with the new string comes until when the old one works', async () => {
    const { me, issue, deliver } = await shop()
    const id = await issue(null)
    const soon = new Date()
    const { keyString } = await rotateLicenseKey(me, { licenseKeyId: id, overlapHours: 48, sendMail: true }, soon)
    const mail = one((await deliver(soon)).received)
    expect(mail.subject).toBe('Your new license key for Quill Pro')
    for (const body of [mail.html ?? '', mail.text ?? '']) {
      expect(body).toContain(keyString)
      expect(body).toMatch(/The old key still works where it is in use, until \d+ \w+ \d{4}, \d\d:\d\d UTC\+\d/)
    }
  })

  test('what is switched off is not sent, unless somebody asks for it', async () => {
    const { me, organizationId, issue, told, email } = await shop({ reminders: [7] })
    for (const mail of ['key-issued', 'key-expiring', 'key-expired', 'key-revoked'] as const)
      await switchMail(me, { mail, on: false }, now)
    const id = await issue(at(5))
    await tellEnds(system, now, organizationId)
    await tellEnds(system, at(6), organizationId)
    await revokeLicenseKeys(me, { licenseKeyIds: [id], reason: '' }, now)
    const issued = { type: 'license_key.issued', organizationId, licenseKeyId: id } as const
    const mails = [{ template: 'license-key' as const, to: email, payload: { licenseKeyId: id } }]
    const store = { kind: 'store', name: 'Shop', connectionId: newId(), organizationId } as const
    await prisma.$transaction((tx) => record(tx, store, now, { ...issued, mails }))
    expect(await told()).toEqual([])
    await prisma.$transaction((tx) => record(tx, me, now, { ...issued, mails }))
    expect(await told()).toEqual(['license-key'])
    await expect(switchMail(me, { mail: 'key-again', on: false }, now)).rejects.toThrow('whenever somebody asks')
  })

  test('a key that was sold in test mode has nobody to tell', async () => {
    const { organizationId, issue, told, customerId } = await shop({ reminders: [7] })
    const id = await issue(at(5))
    const product = await prisma.product.findFirstOrThrow({ where: { organizationId } })
    const purchase = await prisma.purchase.create({
      data: {
        organizationId,
        customerId,
        productId: product.id,
        reference: 'T-1',
        source: 'store',
        isTest: true,
        purchasedAt: now,
      },
    })
    await prisma.licenseKey.update({ where: { id }, data: { purchaseId: purchase.id } })
    await tellEnds(system, now, organizationId)
    expect(await told()).toEqual([])
  })
})

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGOQz39NEmIY1TCqYfhqAACg0HkQHnesywAAAABJRU5ErkJggg=='
/** What is kept of it. */
const DRAWN = (await drawnAnew(Buffer.from(PNG, 'base64'))).bytes.toString('base64')

describe('an organization’s own mail', () => {
  test('has its name, color, logo, answers and help, in both bodies', async () => {
    const { me, issue, deliver } = await shop()
    const looks = {
      ...{ name: 'Inkwell “Support”, Ltd.', color: '#ffee00' },
      ...{ replyTo: 'answers@inkwell.example', support: 'https://inkwell.example/help' },
    }
    await saveMailLooks(me, looks, now, { name: null, color: null, replyTo: null, support: null })
    await saveMailLogo(me, { logo: PNG }, now)
    await revokeLicenseKeys(me, { licenseKeyIds: [await issue(null)], reason: '' }, now)
    const mail = one((await deliver(at(1))).received)
    expect(mail.from).toEqual({ name: 'Inkwell “Support”, Ltd.', address: 'keys@latchkey.example' })
    expect(mail.replyTo).toMatchObject([{ address: 'answers@inkwell.example' }])
    expect(mail.text).toContain('Questions? See https://inkwell.example/help.')
    expect(mail.html).toContain('href="https://inkwell.example/help"')
    expect(mail.html).toContain('href="https://inkwell.example"')
    // Black stands on a light yellow.
    expect(mail.html).toMatch(/lk-button"[^>]*background-color:#ffee00[^>]*color:#000000/)
    const [logo] = mail.attachments
    expect(logo).toMatchObject({ mimeType: 'image/png', disposition: 'inline', contentId: '<logo@latchkey>' })
    expect(mail.html).toContain('src="cid:logo@latchkey"')
    expect(Buffer.from(logo?.content as ArrayBuffer).toString('base64')).toBe(DRAWN)
    // Nothing is loaded from anywhere, which would tell who reads when.
    expect(mail.html).not.toMatch(/src="(?!cid:)|url\(/)
    await saveMailLogo(me, null, now)
  })

  test('says its own words, in which values stay values', async () => {
    const evil = 'Quill <img src=x onerror=alert(1)> {{customer.email}}'
    const { me, organizationId, issue, deliver, email } = await shop({ product: evil })
    await prisma.customer.updateMany({
      where: { organizationId },
      data: { name: '<script>alert(1)</script>\r\nBcc: everybody@x.example' },
    })
    const text = {
      subject: 'Dear {{customer.name}}: {{product.name}}',
      intro: 'Hello <b>{{customer.name}}</b>,\n\nyour {{product.name}}\nis [gone](javascript:alert(1)).',
    }
    await saveMailText(me, { mail: 'key-revoked', ...text }, now, {
      subject: originals['key-revoked'].subject,
      intro: originals['key-revoked'].intro,
    })
    await revokeLicenseKeys(me, { licenseKeyIds: [await issue(null)], reason: '' }, now)
    const mail = one((await deliver(at(1))).received)
    expect(mail.subject).toBe(`Dear <script>alert(1)</script> Bcc: everybody@x.example: ${evil}`)
    expect(mail.to).toMatchObject([{ address: email }])
    expect(mail.bcc ?? []).toEqual([])
    expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([])
    expect(mail.html).not.toMatch(/<script|<img|onerror=(?!alert)|<b>|href="javascript:/)
    expect(mail.html).toContain('Hello &lt;b&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(mail.text).toContain(`your ${evil}\nis [gone]`)
  })

  test('an evil name gets into no header', async () => {
    const { me, issue, deliver } = await shop({ name: 'Evil" <evil@x.example>\r\nBcc: all@x.example\r\n\r\n<h1>Hi' })
    await revokeLicenseKeys(me, { licenseKeyIds: [await issue(null)], reason: '' }, now)
    const mail = one((await deliver(at(1))).received)
    expect(mail.from?.address).toBe('keys@latchkey.example')
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(mail.source.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im)
    expect(mail.html).not.toContain('<h1>Hi')
  })

  test.each(customerMails)('a test of %s is what its preview shows, and goes to whoever asked', async (mail) => {
    const { me, deliver } = await shop()
    await saveMailLogo(me, { logo: PNG }, now)
    const { subject, intro } = originals[mail]
    const seen = await previewMail(me, { mail, subject, intro })
    await sendTestMail(me, { mail, subject, intro }, now)
    const sent = one((await deliver(now)).received)
    expect(sent.to).toMatchObject([{ address: me.email }])
    expect(sent.subject).toBe(`Test: ${seen.subject}`)
    for (const text of [seen.subject, seen.text, seen.html, sent.text ?? '']) {
      expect(text).not.toMatch(/\{\{|\}\}|undefined|null|NaN|Invalid/)
    }
    expect(seen.html).toContain(`data:image/png;base64,${DRAWN}`)
    expect(sent.html).toContain('cid:logo@latchkey')
    expect(header(sent, 'list-unsubscribe')).toBeUndefined()
  })

  test('so many tests and no more', async () => {
    const { me } = await shop()
    const { subject, intro } = originals.renewed
    for (let i = 0; i < 30; i++) await sendTestMail(me, { mail: 'renewed', subject, intro }, now)
    await expect(sendTestMail(me, { mail: 'renewed', subject, intro }, now)).rejects.toThrow('30 tests')
  })
})

describe('what became of a mail', () => {
  test('is shown in the server’s words; what it refuses for good has bounced, what it puts off waits', async () => {
    const { me, issue, deliver, list } = await shop()
    await revokeLicenseKeys(me, { licenseKeyIds: [await issue(null)], reason: '' }, now)
    refusals = [[451, 'Greylisted, try again in 5 minutes']]
    expect((await deliver(at(1))).outcomes).toEqual(['retry'])
    expect((await list())[0]).toMatchObject({
      ...{ state: 'waiting', attempts: 1, lastError: '451 Greylisted, try again in 5 minutes' },
    })
    const [{ id: mailId } = { id: '' }] = await list()
    await expect(sendAgain(me, { mailId }, at(1))).rejects.toThrow('still waits')
    refusals = [[554, '5.7.1 Message rejected as spam, see https://postmaster.example/x']]
    expect((await deliver(at(1.1))).outcomes).toEqual(['failed'])
    expect((await list())[0]).toMatchObject({
      ...{ state: 'bounced', lastError: '554 5.7.1 Message rejected as spam, see https://postmaster.example/x' },
    })
    for (const [states, count] of [
      [['bounced'], 1],
      [['failed'], 0],
      [['failed', 'bounced'], 1],
      [['sent'], 0],
    ] as const)
      expect((await listMails(me, { q: '', states, templates: [] }, { page: 1, size: 9 })).total).toBe(count)

    // Once more, as a mail of its own, to whoever has the key today.
    await prisma.customer.updateMany({
      where: { organizationId: me.organizationId },
      data: { email: `new@${newId()}.example` },
    })
    const listed = (await list())[0]
    const { to } = await sendAgain(me, { mailId }, at(1.2))
    expect(to).toMatch(/^new@/)
    // Whoever sends it is told before whom it goes to.
    expect(listed?.goesTo).toBe(to)
    expect(listed?.to).not.toBe(to)
    expect(one((await deliver(at(1.2))).received).to).toMatchObject([{ address: to }])
    expect((await list()).map(({ state }) => state)).toEqual(['sent', 'bounced'])
  })

  test('a key that does not work is mailed again only when that is known, and the mail says it first', async () => {
    const { me, issue, deliver, mails, email } = await shop()
    const [revoked, expired, good] = [await issue(null), await issue(at(-1)), await issue(null)]
    await revokeLicenseKeys(me, { licenseKeyIds: [revoked], reason: '' }, now)
    await deliver(at(1))
    for (const [licenseKeyId, why, words] of [
      [revoked, 'it is revoked because it was revoked by hand', 'This key does not work any more: Inkwell withdrew it'],
      [expired, 'it expired on', 'This key does not work any more: it ended on'],
    ] as const) {
      await expect(resendKeyMail(me, { licenseKeyId }, at(1))).rejects.toThrow(why)
      await resendKeyMail(me, { licenseKeyId, anyway: true }, at(1))
      const mail = one((await deliver(at(1))).received)
      expect(mail.text?.startsWith(words)).toBe(true)
      expect(mail.html).toContain(words)
      expect(mail.text).not.toContain('Valid until')
      // The same from the list of what was sent.
      const asked = (each: { template: string; licenseKeyId: string | null }) =>
        each.template === 'license-key' && each.licenseKeyId === licenseKeyId
      const mailId = (await mails()).find(asked)?.id ?? ''
      await expect(sendAgain(me, { mailId }, at(1))).rejects.toThrow(why)
      await sendAgain(me, { mailId, anyway: true }, at(1))
      expect(one((await deliver(at(1))).received).text?.startsWith(words)).toBe(true)
      // Whoever owns it may always have it, and reads the same.
      await resendKeyMail({ kind: 'customer', userId: newId(), email }, { licenseKeyId }, at(2))
      expect(one((await deliver(at(2))).received).text?.startsWith(words)).toBe(true)
    }
    await resendKeyMail(me, { licenseKeyId: good }, at(1))
    const mail = one((await deliver(at(1))).received)
    expect(mail.text).not.toContain('does not work')
    expect(mail.text).toContain('Never expires')
  })

  test('news of a purchase that are old are not told again, nor told late', async () => {
    const { me, organizationId, deliver, mails, list, customerId, email } = await shop()
    const product = await prisma.product.findFirstOrThrow({ where: { organizationId } })
    const purchase = await prisma.purchase.create({
      data: {
        organizationId,
        customerId,
        productId: product.id,
        reference: 'A-1',
        kind: 'subscription',
        status: 'active',
        source: 'store',
        store: 'custom',
        purchasedAt: now,
      },
    })
    const tell = (news: 'renewed' | 'payment_failed' | 'ended' | 'refunded') =>
      prisma.$transaction((tx) =>
        queueMail(tx, now, {
          ...{ template: 'purchase-news', to: email, organizationId },
          payload: { purchaseId: purchase.id, news, until: null },
        }),
      )
    const stands = (data: object) => prisma.purchase.update({ where: { id: purchase.id }, data })
    await tell('renewed')
    expect((await deliver(now)).outcomes).toEqual(['sent'])
    const mailId = (await mails())[0]?.id ?? ''
    await tell('ended')
    expect((await deliver(now)).outcomes).toEqual(['dropped'])
    await stands({ state: 'past_due' })
    await tell('payment_failed')
    expect((await deliver(now)).outcomes).toEqual(['sent'])
    await stands({ status: 'refunded', state: 'refunded', reasons: ['refunded'] })
    await tell('refunded')
    await tell('payment_failed')
    expect((await deliver(now)).outcomes).toEqual(['sent', 'dropped'])
    await expect(sendAgain(me, { mailId }, now)).rejects.toThrow('The purchase has ended since')
    expect((await list()).map(mailName).sort()).toEqual([
      ...['Payment failed', 'Payment failed', 'Refunded', 'Subscription ended', 'Subscription renewed'],
    ])
  })

  test('is nobody else’s to see or repeat', async () => {
    const [mine, theirs] = [await shop(), await shop()]
    await revokeLicenseKeys(mine.me, { licenseKeyIds: [await mine.issue(null)], reason: '' }, now)
    const [mail] = await mine.mails()
    expect(await theirs.list()).toEqual([])
    await expect(sendAgain(theirs.me, { mailId: mail?.id ?? '' }, now)).rejects.toThrow('no such mail')
    await expect(sendAgain({ ...mine.me, role: 'viewer' }, { mailId: mail?.id ?? '' }, now)).rejects.toThrow('role')
    expect((await listMails(mine.me, { q: 'ADA@', states: [], templates: [] }, { page: 1, size: 9 })).total).toBe(1)
    expect((await listMails(mine.me, { q: 'a_a@', states: [], templates: [] }, { page: 1, size: 9 })).total).toBe(0)
  })
})
