import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor, Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { record } from './commands.ts'
import { type HistoryFilter, latestEvents, listEvents, listSecurityEvents } from './queries.ts'

const now = new Date()
const at = (second: number) => new Date(now.getTime() + second * 1_000)
const PAGE = { page: 1, size: 100 }
let me: Member

const by = {
  mara: (): Actor => me,
  percent: (): Actor => ({ ...me, name: '100% Ann_a' }),
  shop: (): Actor => ({ kind: 'system', name: 'Polar' }),
  latchkey: (): Actor => ({ kind: 'system', name: 'Latchkey' }),
  software: (): Actor => ({ kind: 'software', address: null }),
} as const
type Who = keyof typeof by

/** Who did what, the oldest first. */
const done: Who[] = ['mara', 'software', 'software', 'shop', 'percent', 'software', 'latchkey', 'mara']

beforeAll(async () => {
  for (const own of [false, true]) {
    const organizationId = newId()
    await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
    const name = own ? 'Mara' : 'Nora Next-Door'
    me = { kind: 'merchant', userId: newId(), email: 'm@test.example', name, organizationId, role: 'owner' }
    for (const [i, who] of done.entries())
      await record(prisma, by[who](), at(i), {
        type: 'license_key.updated',
        organizationId,
        data: { changes: [`${i}`] },
      })
    await record(prisma, me, at(99), { type: 'session.started', organizationId, data: {} })
  }
})

const newestFirst = (some: Who[]) => done.flatMap((who, i) => (some.includes(who) ? [i] : [])).reverse()

const list = async (filter: HistoryFilter, page = PAGE) => {
  const { events, total } = await listEvents(me, filter, page)
  return { did: events.map(({ data }) => Number((data.changes as string[])[0])), total }
}

describe('who did it, on the page and in its total', () => {
  test.each<[string, HistoryFilter, Who[]]>([
    ['everybody', {}, ['mara', 'software', 'shop', 'percent', 'latchkey']],
    ['the team', { actorKinds: ['merchant'] }, ['mara', 'percent']],
    ['software', { actorKinds: ['software'] }, ['software']],
    ['stores', { actorKinds: ['store'] }, ['shop']],
    ['Latchkey', { actorKinds: ['system'] }, ['latchkey']],
    ['stores and software', { actorKinds: ['store', 'software'] }, ['shop', 'software']],
    ['part of a name in another case', { q: 'MAR' }, ['mara']],
    ['software by its name', { q: 'softw' }, ['software']],
    ['a word in several names', { q: 'a' }, ['mara', 'software', 'shop', 'percent', 'latchkey']],
    ['a wildcard, which is a letter', { q: '%' }, ['percent']],
    ['the other wildcard', { q: 'n_a' }, ['percent']],
    ['the one next door', { q: 'nora' }, []],
    ['a name, of one kind', { q: 'a', actorKinds: ['software', 'store'] }, ['software', 'shop']],
  ])('%s', async (_, filter, some) => {
    const expected = newestFirst(some)
    expect(await list(filter)).toEqual({ did: expected, total: expected.length })
    const latest = await latestEvents(me, filter, 2)
    expect(latest.map(({ data }) => Number((data.changes as string[])[0]))).toEqual(expected.slice(0, 2))
  })
})

test('a wildcard is a letter in the security log too', async () => {
  expect((await listSecurityEvents(me, { q: 'mara' }, PAGE)).total).toBe(1)
  expect((await listSecurityEvents(me, { q: '%' }, PAGE)).total).toBe(0)
})
