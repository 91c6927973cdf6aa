import { describe, expect, test } from 'vitest'
import { Prisma } from '#prisma/client.ts'
import { exactly, pageOfIds } from './pages.ts'

const ROWS = 2_345
const SIZE = 100
// Many share what they are ordered by, and some have nothing.
const groupOf = (n: number) => (n % 7 === 0 ? null : n % 5)
const value = Prisma.sql`CASE WHEN n.n % 7 > 0 THEN n.n % 5 END`
const all = Array.from({ length: ROWS }, (_, i) => i + 1)
const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const id = Prisma.sql`('00000000-0000-7000-8000-' || lpad(n.n::text, 12, '0'))::uuid`

function sorted(dir: 'asc' | 'desc', canBeEmpty: boolean): string[] {
  const sign = dir === 'asc' ? 1 : -1
  const by = (n: number) => (canBeEmpty ? (groupOf(n) ?? sign * 9) : n % 5)
  return [...all].sort((a, b) => sign * (by(a) - by(b)) || sign * (a - b)).map(idOf)
}

const listOf = (rows: number, dir: 'asc' | 'desc', canBeEmpty: boolean) => ({
  id,
  by: canBeEmpty ? value : Prisma.sql`n.n % 5`,
  from: Prisma.sql`FROM generate_series(1, ${rows}::int) n(n) WHERE n.n > 0`,
  ...({ kind: 'number', sort: 'rest', canBeEmpty, dir } as const),
})

describe.each(['asc', 'desc'] as const)('every page of a list, %s', (dir) => {
  test.each([
    ['counted apart', true, false],
    ['counted apart, ordered by what every row has', false, false],
    ['looked for once', true, true],
  ])('%s', async (_, canBeEmpty, lookedFor) => {
    const list = listOf(ROWS, dir, canBeEmpty)
    const expected = sorted(dir, canBeEmpty)
    for (const page of [1, 2, 10, 11, 12, 13, 14, 23, 24, 25, 1_000]) {
      const { ids, total } = await pageOfIds({ page, size: SIZE }, list, { lookedFor })
      expect({ page, total, ids }).toEqual({
        ...{ page, total: ROWS },
        ids: expected.slice((page - 1) * SIZE, page * SIZE),
      })
    }
  })

  test.each([true, false])('from page to page to the end and back again, some rows empty: %s', async (canBeEmpty) => {
    const list = listOf(ROWS, dir, canBeEmpty)
    const expected = sorted(dir, canBeEmpty)
    const at = (page: number) => expected.slice((page - 1) * SIZE, page * SIZE)
    const last = Math.ceil(ROWS / SIZE)
    let mark: string | null = null
    for (let page = 1; page <= last; page++) {
      // A mark alone leads there: by its number, another page would be read.
      const asked = mark ? { page: page + 40, size: SIZE, mark } : { page, size: SIZE }
      const { ids, far }: Awaited<ReturnType<typeof pageOfIds>> = await pageOfIds(asked, list, { lookedFor: false })
      expect({ page, ids }).toEqual({ page, ids: at(page) })
      expect({ page, next: far.next !== null }).toEqual({ page, next: page >= 10 && page < last })
      mark = far.next
    }
    let back = (await pageOfIds({ page: last, size: SIZE }, list, { lookedFor: false })).far.previous
    for (let page = last - 1; page > 10; page--) {
      expect({ page, mark: back !== null }).toEqual({ page, mark: true })
      const asked = { page, size: SIZE, mark: back as string }
      const { ids, far }: Awaited<ReturnType<typeof pageOfIds>> = await pageOfIds(asked, list, { lookedFor: false })
      expect({ page, ids }).toEqual({ page, ids: at(page) })
      back = far.previous
    }
    // The pages before are found by their numbers.
    expect(back).toBeNull()
  })
})

test('what is too much to count is not counted, and pages go on all the same', async () => {
  const list = listOf(12_000, 'asc', false)
  const near = await pageOfIds({ page: 1, size: SIZE }, list, { lookedFor: false })
  expect(near).toMatchObject({ total: 10_000, far: { isMore: true, next: null } })
  const last = await pageOfIds({ page: 100, size: SIZE }, list, { lookedFor: false })
  expect(last.ids).toHaveLength(SIZE)
  const beyond = await pageOfIds({ page: 101, size: SIZE, mark: last.far.next ?? '' }, list, { lookedFor: false })
  expect(beyond.ids).toHaveLength(SIZE)
  expect(beyond.ids).not.toContain(last.ids[0])
  // Without a mark there is no way to count that far.
  expect(await pageOfIds({ page: 101, size: SIZE }, list, { lookedFor: false })).toEqual({
    ...{ ids: [], total: 10_000, far: { isMore: true, numbered: 10_000, previous: null, next: null } },
  })
  const known = { ...list, count: async () => exactly(12_000) }
  expect((await pageOfIds({ page: 120, size: SIZE }, known, { lookedFor: false })).ids.at(-1)).toBe(idOf(11_999))
})

test('by their numbers pages are found near either end', async () => {
  const list = { ...listOf(25_000, 'asc', false), count: async () => exactly(25_000) }
  const lengths = []
  for (const page of [101, 102, 149, 150, 250, 251])
    lengths.push((await pageOfIds({ page, size: SIZE }, list, { lookedFor: false })).ids.length)
  expect(lengths).toEqual([SIZE, 0, 0, SIZE, SIZE, 0])
})

test('a mark of another order, or that somebody made up, is no mark', async () => {
  const list = listOf(ROWS, 'asc', false)
  const { far } = await pageOfIds({ page: 15, size: SIZE }, list, { lookedFor: false })
  const expected = sorted('desc', false).slice(1_500, 1_600)
  const made = (parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const marks = [
    far.next ?? '',
    'x',
    made([]),
    made(['rest desc', 'after', 'x', idOf(3)]),
    made(['rest desc', 'after', '3', '7']),
  ]
  for (const mark of marks) {
    const { ids } = await pageOfIds({ page: 16, size: SIZE, mark }, { ...list, dir: 'desc' }, { lookedFor: false })
    expect({ mark, ids }).toEqual({ mark, ids: expected })
  }
})

test.each([true, false])('nothing has no pages, looked for once: %s', async (lookedFor) => {
  const none = { ...listOf(0, 'asc', false) }
  for (const page of [1, 99])
    expect(await pageOfIds({ page, size: SIZE }, none, { lookedFor })).toEqual({
      ids: [],
      total: 0,
      far: { isMore: false, numbered: 10_000, previous: null, next: null },
    })
})
