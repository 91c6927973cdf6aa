import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { describeActor, type System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { type NewEvent, record, recordAll, recordAs } from './commands.ts'
import { type Listener, listeners, type WrittenEvent } from './listeners.ts'

// A listener is one more in the list, and hears of every fact, by whichever way it is recorded.

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const system: System = { kind: 'system', name: 'Test' }
const now = new Date('2026-11-21T12:00:00.000Z')

let organizationId: string
beforeEach(async () => {
  organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
})

const atRest = [...listeners]
afterEach(() => {
  listeners.splice(0, listeners.length, ...atRest)
})

const customer = (name: string): NewEvent => ({
  ...{ type: 'customer.created', organizationId, data: { name } },
  mails: [{ template: 'address-changed', to: `${name}@x.example`, payload: { organizationId, address: name } }],
})

/** Every way in, each with work around it that can fail at its end. */
const ways: [string, (events: NewEvent[], then: () => void) => Promise<void>][] = [
  ['record', (events, then) => prisma.$transaction((tx) => record(tx, system, now, ...events).then(then))],
  [
    'recordAs',
    (events, then) => prisma.$transaction((tx) => recordAs(tx, describeActor(system), now, events).then(then)),
  ],
  [
    'recordAll',
    async (events, then) => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await recordAll(
          client,
          events.map((event) => ({ actor: system, now, event })),
        )
        then()
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
  ],
]

/** Hears of everything, and keeps how many of the events it hears of its transaction can see already, and others cannot. */
function ear() {
  const heard: WrittenEvent[][] = []
  const seen: [own: number, others: number][] = []
  const listener: Listener = async (tx, events) => {
    heard.push([...events])
    const ids = events.map(({ id }) => id)
    const { rows } = await tx.executeSql('SELECT id FROM events WHERE id = ANY($1::uuid[])', [ids])
    seen.push([rows.length, await prisma.event.count({ where: { id: { in: ids } } })])
  }
  listeners.push(listener)
  return { heard, seen }
}

const mailsTo = async () =>
  (await prisma.mail.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })).map(({ to }) => to)
const names = async () =>
  (await prisma.event.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })).map(
    ({ data }) => (data as { name: string }).name,
  )

test.each(ways)('%s tells of each event once, as it was written, before anybody else can see it', async (_, way) => {
  const { heard, seen } = ear()
  await way([customer('ada'), customer('bea')], () => {})
  const rows = await prisma.event.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
  expect(heard).toEqual([
    rows.map(({ id, at, actorKind, actorId, actorLabel, data }) => ({
      ...{ id, at, actorKind, actorId, actorLabel, type: 'customer.created', organizationId, data },
      mails: [expect.objectContaining({ to: `${(data as { name: string }).name}@x.example` })],
    })),
  ])
  expect(seen).toEqual([[2, 0]])
  expect(await mailsTo()).toEqual(['ada@x.example', 'bea@x.example'])
  expect(JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain('@')
})

test.each(ways)('%s: what a listener wrote goes when the transaction does', async (_, way) => {
  const { heard } = ear()
  const failing = way([customer('ada')], () => {
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(heard).toHaveLength(1)
  expect(await names()).toEqual([])
  expect(await mailsTo()).toEqual([])
})

test.each(ways)('%s: when a listener fails, nothing has happened', async (_, way) => {
  listeners.push(async () => {
    throw new Error('no room for an attempt')
  })
  await expect(way([customer('ada')], () => {})).rejects.toThrow('no room')
  expect(await names()).toEqual([])
  expect(await mailsTo()).toEqual([])
})

test('where nothing is recorded, nobody is told', async () => {
  const { heard } = ear()
  for (const [, way] of ways) await way([], () => {})
  expect(heard).toEqual([])
})
