import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { flushCallLog, noteCall } from '../call-log/log.ts'
import type { ShownCall } from '../call-log/plain.ts'
import { logClock } from '../call-log/queries.ts'
import { pool, prisma } from '../database/client.ts'
import { tellSoon } from '../database/notes.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import { record } from '../events/commands.ts'
import { hubState } from './hub.ts'
import type { Said } from './plain.ts'
import { endThoseThatAreOver, openStream, streamCount, type Wish } from './stream.ts'

let member: Member
let sessionId: string
const readers: ReadableStreamDefaultReader<Uint8Array>[] = []

beforeEach(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  member = { ...(await person(organizationId)), organizationId, kind: 'merchant', name: null, role: 'viewer' }
  sessionId = await session(member.userId)
})

afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.cancel()
  expect(streamCount()).toBe(0)
})

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

async function person(organizationId: string) {
  const email = `${newId()}@test.example`
  const { id: userId } = await prisma.user.create({ data: { email } })
  await prisma.membership.create({ data: { organizationId, userId, role: 'viewer' } })
  return { userId, email }
}

async function session(userId: string): Promise<string> {
  const id = newId()
  await prisma.session.create({ data: { id, userId, createdAt: new Date(), lastSeenAt: new Date() } })
  return id
}

type Message = { [Name in keyof Said]: { name: Name; id: number | null; data: Said[Name] } }[keyof Said]

/** Reads a stream, message by message; `until` waits for the one that is looked for. */
function reading(wish: Partial<Wish>, of = member) {
  const stream = openStream(of, sessionId, { subjects: [], log: null, after: null, ...wish })
  if (!stream) throw new Error('no stream')
  const reader = stream.getReader()
  readers.push(reader)
  const decoder = new TextDecoder()
  let text = ''
  const messages: Message[] = []
  let isOver = false
  const next = async () => {
    const { value, done } = await reader.read()
    if (done) {
      isOver = true
      return
    }
    text += decoder.decode(value, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      )
      text = text.slice(end + 2)
      const [name, data, id] = [lines.get('event'), lines.get('data'), lines.get('id')]
      if (name && data)
        messages.push({ name, data: JSON.parse(data), id: id ? Number(id) : null } as unknown as Message)
    }
  }
  return {
    messages,
    calls: () => messages.flatMap(({ name, data }) => (name === 'calls' ? (data as Said['calls']).calls : [])),
    /** What the chart of the page comes to. */
    counted: (part: 'valid' | 'over') => {
      let sum = 0
      for (const { name, data } of messages) {
        if (name === 'chart') sum = 0
        const steps = name === 'chart' || name === 'calls' ? (data as Said['chart']).steps : []
        for (const { counts } of steps) sum += counts[part] ?? 0
      }
      return sum
    },
    async until(isIt: () => boolean) {
      while (!isIt() && !isOver) await next()
      expect(isIt()).toBe(true)
    },
    async untilOver() {
      while (!isOver) await next()
    },
    close: () => reader.cancel(),
  }
}

const request = { address: '192.0.2.7', header: () => null }
const note = (code: LicenseCode, times = 1, verb: 'validate' | 'activate' = 'validate', of = member.organizationId) => {
  const ask = { organization_id: of }
  for (let i = 0; i < times; i++)
    noteCall(verb, ask, { verdict: { code }, key: null, activation: null }, request, '', 1)
}
const watchLog: Partial<Wish> = { log: { filter: {}, span: 'minute' } }
const told = async (page: ReturnType<typeof reading>) => {
  await page.until(() => page.messages.some(({ name }) => name === 'chart'))
  await vi.waitFor(() => expect(hubState()).toBe('notes'), 10_000)
}

test('calls are told to whoever watches their organization, and only to them; filters narrow them', async () => {
  const page = reading(watchLog)
  const noes = reading({ log: { filter: { outcomes: ['no'] }, span: 'minute' } })
  const elsewhere = newId()
  await prisma.organization.create({ data: { id: elsewhere, slug: elsewhere, name: 'Other' } })
  const stranger = reading(watchLog, { ...member, organizationId: elsewhere })
  await Promise.all([told(page), told(noes), told(stranger)])
  note('VALID', 100)
  note('EXPIRED', 3)
  await flushCallLog()
  await page.until(() => page.calls().length === 5)
  await noes.until(() => noes.calls().length === 3)
  expect(page.counted('valid')).toBe(100)
  expect(page.counted('over')).toBe(3)
  expect(noes.counted('valid')).toBe(0)
  note('EXPIRED', 1, 'validate', elsewhere)
  await flushCallLog()
  await stranger.until(() => stranger.calls().length > 0)
  expect(stranger.calls()).toHaveLength(1)
})

test('a stream that was cut goes on where it was: every call is told, and the chart has each once', async () => {
  const page = reading(watchLog)
  await told(page)
  note('EXPIRED', 5)
  await flushCallLog()
  await page.until(() => page.calls().length === 5)
  const last = page.messages.findLast(({ id }) => id !== null)?.id ?? 0
  const known = new Set(page.calls().map(({ id }: ShownCall) => id))
  await page.close()
  for (let i = 0; i < 4; i++) {
    note('EXPIRED', 30)
    await flushCallLog()
  }
  const again = reading({ ...watchLog, after: { moment: last, isCut: true } })
  note('EXPIRED', 7)
  await flushCallLog()
  await again.until(() => new Set([...known, ...again.calls().map(({ id }) => id)]).size === 132)
  await again.until(() => again.counted('over') === 132)
})

test('what is in the chart that a page begins with is not counted again when it is told of it', async () => {
  const page = reading(watchLog)
  await told(page)
  for (let sum = 3; sum <= 15; sum += 3) {
    note('EXPIRED', 3)
    await flushCallLog()
    // Its chart is read before the feed has read what it was told of.
    const other = reading(watchLog)
    await other.until(() => other.calls().length === 3)
    await other.until(() => other.counted('over') === sum)
  }
})

test('a connection that listens and is lost is noticed; what was written meanwhile is told', async () => {
  const page = reading(watchLog)
  await told(page)
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'latchkey-live'
    AND datname = current_database()`)
  await vi.waitFor(() => expect(hubState()).toBe('looking'), 10_000)
  note('EXPIRED', 2)
  await flushCallLog()
  await page.until(() => page.calls().length === 2)
  await vi.waitFor(() => expect(hubState()).toBe('notes'), 20_000)
  note('EXPIRED', 1)
  await flushCallLog()
  await page.until(() => page.calls().length === 3)
  await page.until(() => page.counted('over') === 3)
  expect(page.messages.filter(({ name }) => name === 'state').length).toBeGreaterThanOrEqual(1)
})

test('pages are told of what happened to what they show, after it is committed', async () => {
  const [key, other] = [newId(), newId()]
  const history = reading({ subjects: ['events'] })
  const ofKey = reading({ subjects: ['events'], licenseKeyId: key })
  const deliveries = reading({ subjects: ['deliveries'] })
  await history.until(() => history.messages.length > 0)
  await vi.waitFor(() => expect(hubState()).toBe('notes'), 10_000)
  const { organizationId } = member
  const happens = (licenseKeyId: string) =>
    prisma.$transaction((tx) =>
      record(tx, { kind: 'system', name: 'Test' }, new Date(), {
        ...{ type: 'license_key.disabled', organizationId, licenseKeyId },
      }),
    )
  const changes = (page: ReturnType<typeof reading>) => page.messages.filter(({ name }) => name === 'changed')
  await happens(other)
  await history.until(() => changes(history).length === 1)
  await happens(key)
  await ofKey.until(() => changes(ofKey).length === 1)
  await history.until(() => changes(history).length === 2)
  // What software did is told by its calls.
  note('ACTIVATED', 1, 'activate')
  await flushCallLog()
  await history.until(() => changes(history).length === 3)
  tellSoon('deliveries', organizationId)
  await deliveries.until(() => changes(deliveries).length === 1)
  expect(changes(history)).toHaveLength(3)
})

test('a page that was drawn before something happened hears of it when it begins to listen', async () => {
  const drawn = Date.now()
  await prisma.$transaction((tx) =>
    record(tx, { kind: 'system', name: 'Test' }, new Date(), {
      ...{ type: 'license_key.disabled', organizationId: member.organizationId },
    }),
  )
  const page = reading({ subjects: ['events'], after: { moment: drawn, isCut: false } })
  await page.until(() => page.messages.some(({ name }) => name === 'changed'))
})

test('a stream ends with its session, and when its member has left', async () => {
  const [first, second] = [reading(watchLog), reading(watchLog)]
  await Promise.all([told(first), told(second)])
  await endThoseThatAreOver(new Date())
  expect(streamCount()).toBe(2)
  await prisma.membership.deleteMany({ where: { userId: member.userId } })
  await endThoseThatAreOver(new Date())
  await Promise.all([first.untilOver(), second.untilOver()])
  expect(first.messages.at(-1)?.name).toBe('over')
  const other = await person(member.organizationId)
  sessionId = await session(other.userId)
  const third = reading(watchLog, { ...member, ...other })
  await told(third)
  await prisma.session.delete({ where: { id: sessionId } })
  await endThoseThatAreOver(new Date())
  await third.untilOver()
})

test('nobody has more streams than tabs, and who may read nothing has none', () => {
  const streams = Array.from({ length: 25 }, () =>
    openStream(member, sessionId, { subjects: [], log: null, after: null }),
  )
  expect(streams.filter(Boolean)).toHaveLength(20)
  for (const stream of streams) void stream?.cancel()
})

test('whoever reads nothing for a while is told what there was in counts, and keeps no memory for it', async () => {
  const page = reading(watchLog)
  await told(page)
  const before = await logClock()
  for (let i = 0; i < 40; i++) {
    note('EXPIRED', 60)
    await flushCallLog()
  }
  await page.until(() => page.counted('over') === 2_400)
  expect(await logClock()).toBeGreaterThan(before)
  const rows = page.calls().length
  const more = page.messages.reduce(
    (sum, { name, data }) => sum + (name === 'calls' ? (data as Said['calls']).more : 0),
    0,
  )
  // Rows of the last steps may still be on their way.
  expect(rows + more).toBeGreaterThan(1_500)
})
