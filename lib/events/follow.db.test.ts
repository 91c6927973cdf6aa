import type pg from 'pg'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { type Fact, record, recordAll } from './commands.ts'
import { alignEventPositions, type EventCursor, eventsAfter, type Followed, newestCursor } from './follow.ts'
import { listEventRecords } from './queries.ts'

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const system: System = { kind: 'system', name: 'Test' }

async function organization() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  return { organizationId, me }
}

/** Reads on from where it stopped, a few events at a time, until there are no more. */
function follower(me: Member, filter = {}) {
  const seen: string[] = []
  let cursor: EventCursor | null = null
  const read = async () => {
    for (let hasMore = true; hasMore; ) {
      const page: Followed | null = await eventsAfter(me, cursor, filter, 3)
      if (!page) throw new Error('The cursor is lost.')
      for (const { data } of page.events) seen.push(String(data.name))
      cursor = page.next
      hasMore = page.hasMore
    }
  }
  // Tests beside this one write too, and what is new waits for their transactions.
  const readAll = (count: number) =>
    vi.waitFor(
      async () => {
        await read()
        expect(seen.length).toBeGreaterThanOrEqual(count)
      },
      { timeout: 20_000 },
    )
  return { seen, read, readAll, cursor: () => cursor }
}

const fact = (organizationId: string, name: string): Fact => ({
  actor: system,
  now: new Date(),
  event: { type: 'customer.created', organizationId, data: { name } },
})

/** The same numbers every time, so that a failure can be looked at. */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const open: pg.PoolClient[] = []
afterEach(async () => {
  for (const client of open.splice(0)) {
    await client.query('ROLLBACK')
    client.release()
  }
})

async function begin(): Promise<pg.PoolClient> {
  const client = await pool.connect()
  open.push(client)
  await client.query('BEGIN')
  return client
}

async function end(client: pg.PoolClient, how: 'COMMIT' | 'ROLLBACK') {
  await client.query(how)
  open.splice(open.indexOf(client), 1)
  client.release()
}

describe('whoever follows sees every event once', () => {
  test.each([1, 2, 3])('however transactions overlap, commit late or break off (%i)', async (seed) => {
    const { organizationId, me } = await organization()
    const roll = dice(seed)
    const reader = follower(me)
    const writing = new Map<pg.PoolClient, string[]>()
    const committed: string[] = []
    let lateCommits = 0
    for (let step = 0; step < 150; step++) {
      const what = roll(4)
      const [clients, nth] = [[...writing.keys()], roll(Math.max(1, writing.size))]
      const client = clients[nth]
      if (what === 0 && writing.size < 5) {
        writing.set(await begin(), [])
      } else if (what === 1 && client) {
        const names = [`${step} a`, `${step} b`].slice(0, 1 + roll(2))
        await recordAll(
          client,
          names.map((name) => fact(organizationId, name)),
        )
        writing.get(client)?.push(...names)
      } else if (what === 2 && client) {
        const breaksOff = roll(5) === 0
        if (nth > 0 && !breaksOff) lateCommits++
        await end(client, breaksOff ? 'ROLLBACK' : 'COMMIT')
        if (!breaksOff) committed.push(...(writing.get(client) ?? []))
        writing.delete(client)
      } else {
        await reader.read()
      }
    }
    for (const [client, names] of writing) {
      await end(client, 'COMMIT')
      committed.push(...names)
    }
    await reader.readAll(committed.length)
    expect(lateCommits).toBeGreaterThan(5)
    expect([...reader.seen].sort()).toEqual(committed.sort())
    const again = follower(me)
    await again.readAll(committed.length)
    expect(again.seen, 'the order is the same for everybody').toEqual(reader.seen)
  })

  test('while many write at once, through both ways to record', async () => {
    const { organizationId, me } = await organization()
    const reader = follower(me)
    let writers = 8
    const write = async (writer: number) => {
      for (let nth = 0; nth < 15; nth++) {
        const name = `${writer}.${nth}`
        await prisma.$transaction(async (tx) => {
          await record(tx, system, new Date(), fact(organizationId, name).event)
          // Some take several turns of the database longer than the others.
          for (let turn = 0; turn < (writer * 7 + nth) % 5; turn++) await tx.$queryRaw`SELECT 1`
        })
      }
      writers--
    }
    const read = async () => {
      while (writers > 0) await reader.read()
    }
    await Promise.all([...Array.from({ length: 8 }, (_, writer) => write(writer)), read()])
    await reader.readAll(120)
    expect(new Set(reader.seen).size).toBe(120)
    expect(reader.seen).toHaveLength(120)
  })

  test('an event of a transaction that began earlier and commits later is missed by time, but not by the cursor', async () => {
    const { organizationId, me } = await organization()
    const reader = follower(me)
    const [first, second] = [new Date('2026-11-28T10:00:00Z'), new Date('2026-11-28T10:00:01Z')]
    const [early, late] = [await begin(), await begin()]
    await recordAll(early, [{ ...fact(organizationId, 'early'), now: first }])
    await recordAll(late, [{ ...fact(organizationId, 'late'), now: second }])
    await end(late, 'COMMIT')
    const byTime = async (from?: Date) =>
      (await listEventRecords(me, { from }, { sort: 'at', dir: 'asc', limit: 10 })).map(({ data }) => data.name)
    expect(await byTime()).toEqual(['late'])
    await reader.read()
    expect(reader.seen, 'it waits for the earlier one').toEqual([])
    await end(early, 'COMMIT')
    expect(await byTime(second)).toEqual(['late'])
    await reader.readAll(2)
    expect(reader.seen).toEqual(['early', 'late'])
  })
})

const add = async (organizationId: string, name: string, type: 'customer.created' | 'product.created') =>
  prisma.$transaction((tx) => record(tx, system, new Date(), { type, organizationId, data: { name } }))

test('a filter leaves events out, and the cursor moves past them', async () => {
  const { organizationId, me } = await organization()
  const products = follower(me, { types: ['product.created'] })
  await add(organizationId, 'a', 'customer.created')
  await add(organizationId, 'b', 'product.created')
  await add(organizationId, 'c', 'customer.created')
  await products.readAll(1)
  await vi.waitFor(async () => expect((await eventsAfter(me, null, {}, 10))?.events).toHaveLength(3), 20_000)
  await products.read()
  expect(products.seen).toEqual(['b'])
  expect(products.cursor()).toEqual(await newestCursor(me))
  await add(organizationId, 'd', 'product.created')
  await products.readAll(2)
  expect(products.seen).toEqual(['b', 'd'])
})

test('others see nothing of it', async () => {
  const [mine, theirs] = [await organization(), await organization()]
  await add(mine.organizationId, 'a', 'customer.created')
  await follower(mine.me).readAll(1)
  expect(await newestCursor(theirs.me)).toBeNull()
  expect(await eventsAfter(theirs.me, null, {}, 10)).toEqual({ events: [], next: null, hasMore: false })
  expect(await eventsAfter(theirs.me, await newestCursor(mine.me), {}, 10), 'a cursor of others').toBeNull()
})

test('a database restored into a cluster that has counted less far goes on behind what it holds', async () => {
  const { organizationId, me } = await organization()
  await add(organizationId, 'a', 'customer.created')
  // As if those before had been written where far more transactions had run.
  const { ahead } = await prisma.eventClock.findUniqueOrThrow({ where: { id: 1 } })
  await prisma.event.updateMany({ where: { organizationId }, data: { position: { increment: 1_000_000_000n } } })
  const reader = follower(me)
  await reader.readAll(1)
  expect(reader.seen).toEqual(['a'])
  expect((await prisma.eventClock.findUniqueOrThrow({ where: { id: 1 } })).ahead).toBeGreaterThan(ahead)
  await add(organizationId, 'b', 'customer.created')
  await reader.readAll(2)
  expect(reader.seen).toEqual(['a', 'b'])
  const before = await prisma.eventClock.findUniqueOrThrow({ where: { id: 1 } })
  await alignEventPositions()
  expect(await prisma.eventClock.findUniqueOrThrow({ where: { id: 1 } })).toEqual(before)
})

test('a cursor whose event a restored backup does not have is not taken for another place', async () => {
  const { organizationId, me } = await organization()
  await add(organizationId, 'a', 'customer.created')
  await add(organizationId, 'b', 'customer.created')
  await follower(me).readAll(2)
  const cursor = await newestCursor(me)
  await prisma.event.delete({ where: { id: cursor?.id as string } })
  expect(await eventsAfter(me, cursor, {}, 10)).toBeNull()
})
