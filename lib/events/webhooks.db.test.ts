import { afterAll, beforeEach, expect, test } from 'vitest'
import { describeActor, type System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { webhookTypeNames } from '../webhooks/plain.ts'
import { type NewEvent, record, recordAll, recordAs } from './commands.ts'
import { type EventData, eventTypes, webhookTypeOf } from './schema.ts'

// What endpoints are to hear of is written with the fact, by whichever way that is recorded.

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

const endpoint = async (types: string[] = [], more: object = {}, of = organizationId) => {
  const id = newId()
  const url = `https://${id}.example.com/`
  const version = '2026-11-28'
  await prisma.webhookEndpoint.create({
    data: {
      id,
      organizationId: of,
      url,
      types,
      version,
      secrets: new Uint8Array([1]),
      createdAt: now,
      updatedAt: now,
      ...more,
    },
  })
  return id
}

const ways: [string, (events: NewEvent[], fails?: boolean) => Promise<void>][] = [
  [
    'record',
    (events, fails) =>
      prisma.$transaction(async (tx) => {
        await record(tx, system, now, ...events)
        if (fails) throw new Error('changed my mind')
      }),
  ],
  [
    'recordAs',
    (events, fails) =>
      prisma.$transaction(async (tx) => {
        await recordAs(tx, describeActor(system), now, events)
        if (fails) throw new Error('changed my mind')
      }),
  ],
  [
    'recordAll',
    async (events, fails) => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await recordAll(
          client,
          events.map((event) => ({ actor: system, now, event })),
        )
        if (fails) throw new Error('changed my mind')
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

const messages = (endpointId: string) =>
  prisma.webhookMessage.findMany({ where: { endpointId }, orderBy: { number: 'asc' } })

test.each(ways)('%s writes one for each endpoint that wants it, in the order of what happened', async (_, way) => {
  const [all, some, none, off, gone] = [
    await endpoint(),
    await endpoint(['license_key.revoked', 'customer.created']),
    await endpoint(['purchase.created']),
    await endpoint([], { disabledAt: now }),
    await endpoint([], { removedAt: now }),
  ]
  const other = newId()
  await prisma.organization.create({ data: { id: other, slug: other, name: 'Other' } })
  const theirs = await endpoint([], {}, other)
  const licenseKeyId = newId()
  const ids = [newId(), newId(), newId(), newId()]
  await way([
    { id: ids[0] ?? '', type: 'license_key.issued', organizationId, licenseKeyId },
    { id: ids[1] ?? '', type: 'license_key.mailed', organizationId, licenseKeyId },
    { id: ids[2] ?? '', type: 'license_key.revoked', organizationId, licenseKeyId, data: { already: false } },
    { id: ids[3] ?? '', type: 'customer.created', organizationId },
  ])
  expect((await messages(all)).map(({ eventId, type, licenseKeyId }) => [eventId, type, licenseKeyId])).toEqual([
    [ids[0], 'license_key.issued', licenseKeyId],
    [ids[2], 'license_key.revoked', licenseKeyId],
    [ids[3], 'customer.created', null],
  ])
  const [first] = await messages(all)
  expect(first).toMatchObject({
    state: 'waiting',
    attempts: 0,
    dueAt: now,
    createdAt: now,
    lease: null,
    organizationId,
  })
  expect((await messages(some)).map(({ type }) => type)).toEqual(['license_key.revoked', 'customer.created'])
  for (const id of [none, off, gone, theirs]) expect(await messages(id)).toEqual([])
})

test.each(ways)('%s: no message without its fact', async (_, way) => {
  const id = await endpoint()
  await expect(way([{ type: 'customer.created', organizationId }], true)).rejects.toThrow('changed my mind')
  expect(await messages(id)).toEqual([])
})

test('an endpoint that somebody changes or removes at the moment keeps nobody who writes a fact waiting', async () => {
  const id = await endpoint()
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM webhook_endpoints WHERE id = ${id}::uuid FOR UPDATE`
    await ways[2]?.[1]([{ type: 'customer.created', organizationId }])
  })
  expect(await messages(id)).toHaveLength(1)
})

test('every type of message comes from some fact', () => {
  const data: EventData[] = [{}, { already: true }, { replaced: 'MacBook' }]
  const sent = eventTypes.flatMap((type) => data.map((each) => webhookTypeOf({ type, data: each })))
  expect(new Set(sent.filter((type) => type !== null))).toEqual(new Set(webhookTypeNames))
  expect(webhookTypeOf({ type: 'license_key.revoked', data: { already: true } })).toBe('license_key.updated')
  expect(webhookTypeOf({ type: 'activation.created', data: { replaced: null } })).toBe('activation.created')
})
