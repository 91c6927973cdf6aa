import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { System } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { queueMail } from '../mail/commands.ts'
import { closeMailer, deliverMail, sweepMail } from './deliver.ts'

type Received = { mail: Email; to: string[] }
const received: Received[] = []
/** What the server says to the next messages: an SMTP code, or undefined to take them. */
let refusals: (number | undefined)[] = []
let badRecipient = ''

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  onRcptTo({ address }, _session, done) {
    done(address === badRecipient ? Object.assign(new Error('No such user here'), { responseCode: 550 }) : null)
  },
  async onData(stream, session, done) {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const code = refusals.shift()
    if (code) return done(Object.assign(new Error('Try again later'), { responseCode: code }))
    const mail = await PostalMime.parse(Buffer.concat(chunks))
    received.push({ mail, to: session.envelope.rcptTo.map(({ address }) => address) })
    done()
  },
})

const system: System = { kind: 'system', name: 'Latchkey' }
const now = new Date()
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const newAddress = () => `${randomUUID()}@example.com`

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
  received.length = 0
  refusals = []
})

const signInMail = (to: string, at = now) =>
  prisma.$transaction((tx) =>
    queueMail(tx, at, { template: 'sign-in', to, payload: { url: 'https://keys.example.com/login/link?token=t0ken' } }),
  )

/** A key with everything a mail can tell, and the mail that is to bring it. */
async function keyMail(instructions = 'Open **Settings**.') {
  const slug = randomUUID()
  const keyString = makeKeyString('uuid', 'EDITOR')
  const organization = await prisma.organization.create({
    data: { name: 'Inkwell', slug, supportEmail: 'help@inkwell.example' },
  })
  const organizationId = organization.id
  const to = newAddress()
  const customer = await prisma.customer.create({ data: { organizationId, email: to } })
  const product = await prisma.product.create({ data: { organizationId, name: 'Inkwell Editor' } })
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Standard', activationsMode: 'limited', activationLimit: 3, instructions },
  })
  const key = await prisma.licenseKey.create({
    data: {
      id: newId(now),
      organizationId,
      keyConfigurationId: configuration.id,
      productId: product.id,
      customerId: customer.id,
      ...keyStringColumns(keyString, 'EDITOR'),
    },
  })
  const licenseKeyId = key.id
  const { id } = await prisma.$transaction((tx) =>
    queueMail(tx, now, { template: 'license-key', to, organizationId, payload: { licenseKeyId } }),
  )
  return { id, to, keyString, licenseKeyId }
}

const eventsOf = async (licenseKeyId: string) =>
  (await prisma.event.findMany({ where: { licenseKeyId }, orderBy: { id: 'asc' } })).map(({ type }) => type)

test('a key arrives with everything its owner needs, as HTML and as text', async () => {
  const { id, to, keyString, licenseKeyId } = await keyMail(
    'Open **Settings** and [ask us](https://inkwell.example/help).\n\n<script>alert(1)</script> ![x](https://evil.example/p.png) [y](javascript:alert(1))',
  )
  expect(await deliverMail(system, id, now)).toBe('sent')
  const [{ mail }] = received as [Received]
  expect(mail.subject).toBe('Your license key for Inkwell Editor')
  expect(mail.from).toEqual({ name: 'Inkwell', address: 'keys@latchkey.example' })
  expect(mail.replyTo).toMatchObject([{ address: 'help@inkwell.example' }])
  expect(mail.to).toMatchObject([{ address: to }])
  expect(mail.messageId).toBe(`<${id}@keys.example.com>`)
  for (const body of [mail.html ?? '', mail.text ?? '']) {
    expect(body).toContain(keyString)
    expect(body).toContain('Works on 3 devices at a time.')
    expect(body).toContain('https://keys.example.com/purchases/open?mail=')
    expect(body).toContain('help@inkwell.example')
  }
  expect(mail.html).toContain('<strong>Settings</strong>')
  expect(mail.html).toContain('href="https://inkwell.example/help"')
  // As on the page, HTML is text: nothing runs, loads or leads anywhere.
  expect(mail.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(mail.html).not.toMatch(/<script|<img|href="(?:javascript:|https:\/\/evil)/)
  expect(await eventsOf(licenseKeyId)).toEqual(['license_key.mailed'])
})

test('history says of a mail whose it was: of its key and its customer, or of the customer alone', async () => {
  const { id, to, licenseKeyId } = await keyMail()
  expect(await deliverMail(system, id, now)).toBe('sent')
  const { id: customerId, organizationId } = await prisma.customer.findFirstOrThrow({ where: { email: to } })
  const moved = { organizationId, direction: 'here', product: null, address: 'ha…@novak.example' } as const
  const other = await prisma.$transaction((tx) =>
    queueMail(tx, now, { template: 'keys-moved', to, organizationId, payload: moved }),
  )
  expect(await deliverMail(system, other.id, now)).toBe('sent')
  const events = await prisma.event.findMany({ where: { customerId }, orderBy: { id: 'asc' } })
  expect(events.map(({ type, licenseKeyId, data }) => ({ type, licenseKeyId, data }))).toEqual([
    { type: 'license_key.mailed', licenseKeyId, data: { to } },
    { type: 'customer.mailed', licenseKeyId: null, data: { to, mail: 'keys-moved' } },
  ])
})

test('the row holds neither the key nor the link', async () => {
  const { id, keyString } = await keyMail()
  const signIn = await signInMail(newAddress())
  for (const mailId of [id, signIn.id]) {
    const row = JSON.stringify(await prisma.mail.findUniqueOrThrow({ where: { id: mailId } }))
    const bytes = (await prisma.mail.findUniqueOrThrow({ where: { id: mailId } })).payload
    expect(row).not.toContain(keyString)
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/t0ken|licenseKeyId/)
  }
})

test('ten processes at once send it once', async () => {
  const { id } = await keyMail()
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => deliverMail(system, id, now)))
  expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(1)
  expect(received).toHaveLength(1)
  expect(await deliverMail(system, id, later(3_600))).toBe('not due')
})

test('a server that is busy is asked again, and not before its time', async () => {
  const { id, licenseKeyId } = await keyMail()
  refusals = [451, 451]
  expect(await deliverMail(system, id, now)).toBe('retry')
  const row = await prisma.mail.findUniqueOrThrow({ where: { id } })
  expect(row).toMatchObject({ status: 'waiting', attempts: 1, dueAt: later(10) })
  expect(row.lastError).toContain('Try again later')
  expect(await deliverMail(system, id, later(9))).toBe('not due')
  expect(await deliverMail(system, id, later(10))).toBe('retry')
  expect(await deliverMail(system, id, later(70))).toBe('sent')
  expect(await prisma.mail.findUniqueOrThrow({ where: { id } })).toMatchObject({
    status: 'sent',
    attempts: 3,
    lastError: null,
    sentAt: later(70),
  })
  expect(await eventsOf(licenseKeyId)).toEqual(['license_key.mailed'])
})

test('after six attempts it is given up, and history says so', async () => {
  const { id, licenseKeyId } = await keyMail()
  refusals = Array.from({ length: 6 }, () => 451)
  const outcomes: string[] = []
  for (const seconds of [0, 10, 70, 370, 2_170, 9_370, 20_000])
    outcomes.push(await deliverMail(system, id, later(seconds)))
  expect(outcomes).toEqual(['retry', 'retry', 'retry', 'retry', 'retry', 'failed', 'not due'])
  expect(await eventsOf(licenseKeyId)).toEqual(['license_key.mail_failed'])
})

test('a mailbox that does not exist is given up at once', async () => {
  const { id, to, licenseKeyId } = await keyMail()
  badRecipient = to
  expect(await deliverMail(system, id, now)).toBe('failed')
  expect(await eventsOf(licenseKeyId)).toEqual(['license_key.mail_failed'])
})

test('a process that died with the mail in hand delays it by minutes only', async () => {
  const { id } = await keyMail()
  await prisma.mail.update({ where: { id }, data: { attempts: 1, dueAt: later(180) } }) // as taken, and never settled
  expect(await deliverMail(system, id, later(60))).toBe('not due')
  expect(await deliverMail(system, id, later(180))).toBe('sent')
})

test('a sign-in link that ran out is not sent', async () => {
  const { id } = await signInMail(newAddress(), later(-20 * 60))
  expect(await deliverMail(system, id, now)).toBe('failed')
  expect(received).toHaveLength(0)
})

test('the sweep finds what was never prompted', async () => {
  const to = newAddress()
  // Long before all others: those belong to tests that run beside this one, and are not to be sent here.
  const longAgo = new Date('1971-01-01T00:00:00Z')
  await signInMail(to, longAgo)
  expect(await sweepMail(system, new Date(longAgo.getTime() + 60_000))).toBe(1)
  expect(received.flatMap((message) => message.to)).toContain(to)
})

test.each([
  ['ana@müller.example', 'ana@xn--mller-kva.example', ''],
  ['josé@x.example', 'josé@x.example', ' SMTPUTF8'],
  ["o'hara+a/b&c@x.example", "o'hara+a/b&c@x.example", ''],
])('mail to %s goes over the wire to %s', async (to, wire, extension) => {
  closeMailer()
  let said = ''
  smtp.server.once('connection', (socket) => socket.on('data', (bytes: Buffer) => (said += bytes)))
  await deliverMail(system, (await signInMail(to)).id, now)
  expect(received).toHaveLength(1)
  expect(said).toContain(`RCPT TO:<${wire}>`)
  expect(/^MAIL FROM:<[^>]*>(.*)$/m.exec(said)?.[1]?.includes('SMTPUTF8')).toBe(extension !== '')
})

/** A mail server as strict as the standard (RFC 5321), which knows no SMTPUTF8. */
async function oldServer() {
  const recipients: string[] = []
  let asked = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let inData = false
    socket.write('220 old.example\r\n')
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('latin1').split('\r\n').filter(Boolean)) {
        if (inData) {
          if (line !== '.') continue
          inData = false
          socket.write('250 taken\r\n')
        } else if (/^EHLO/.test(line)) socket.write('250-old.example\r\n250 SIZE 1000000\r\n')
        else if (/^RCPT/.test(line)) {
          asked++
          const to =
            /^RCPT TO:<((?:"[ -~]+"|[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@[a-z0-9.-]+)>$/.exec(
              line,
            )?.[1]
          if (to) recipients.push(to)
          socket.write(to ? '250 ok\r\n' : '501 5.1.3 Bad recipient address syntax\r\n')
        } else if (/^DATA/.test(line)) {
          inData = true
          socket.write('354 go on\r\n')
        } else if (/^QUIT/.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const settings = env()
  const before = settings.SMTP_URL
  settings.SMTP_URL = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    recipients,
    asked: () => asked,
    stop: () => {
      settings.SMTP_URL = before
      closeMailer()
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('a server without SMTPUTF8 is asked once about an international address, and the mail says why it failed', async () => {
  const old = await oldServer()
  try {
    for (const to of ['josé@x.example', 'иван@почта.рф']) {
      const { id } = await signInMail(to)
      expect(await deliverMail(system, id, now)).toBe('failed')
      expect((await prisma.mail.findUniqueOrThrow({ where: { id } })).lastError).toMatch(
        /letters like these before the @; it needs SMTPUTF8\. It said: .*501 5\.1\.3/,
      )
      expect(await deliverMail(system, id, later(7 * 86_400))).toBe('not due')
    }
    expect(old.asked()).toBe(2)
    // Only the part before the @ needs it.
    expect(await deliverMail(system, (await signInMail('jose@почта.рф')).id, now)).toBe('sent')
    expect(old.recipients).toEqual(['jose@xn--80a1acny.xn--p1ai'])
  } finally {
    old.stop()
  }
})

test('dots where the standard has none, as some providers have given out, are quoted on the wire', async () => {
  const old = await oldServer()
  try {
    for (const to of ['a..b@x.example', '.ab@x.example', 'ab.@x.example', 'a.b@x.example'])
      expect(await deliverMail(system, (await signInMail(to)).id, now)).toBe('sent')
    expect(old.recipients).toEqual(['"a..b"@x.example', '".ab"@x.example', '"ab."@x.example', 'a.b@x.example'])
  } finally {
    old.stop()
  }
})
