// How somebody wants a table: kept in a cookie of this browser, so that the server draws it so at once and nothing moves.

import type { Column } from './column.ts'

export type TableLayout = {
  /** Columns that were switched on or off. */
  shown: Readonly<Record<string, boolean>>
  /** Columns from left to right; those that are not named come where they were. */
  order: readonly string[]
  /** Widths in pixels, of columns that were made wider or narrower. */
  widths: Readonly<Record<string, number>>
  /** Rows closer together. */
  dense: boolean
}

export const usualLayout: TableLayout = { shown: {}, order: [], widths: {}, dense: false }

/** The name of a table's cookie. */
export const cookieOf = (table: string): string => `table.${table}`

const WIDTH = { least: 56, most: 640 } as const
export const widthWithin = (width: number): number => Math.round(Math.min(WIDTH.most, Math.max(WIDTH.least, width)))

const record = (value: unknown): [string, unknown][] =>
  value && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []

/** Reads a cookie; whatever cannot be read is as usual. */
export function readLayout(text: string | undefined): TableLayout {
  if (!text) return usualLayout
  try {
    const { s, o, w, d } = JSON.parse(text) as Record<string, unknown>
    return {
      shown: Object.fromEntries(record(s).map(([id, on]) => [id, Boolean(on)])),
      order: Array.isArray(o) ? o.filter((id) => typeof id === 'string') : [],
      widths: Object.fromEntries(
        record(w).flatMap(([id, width]) => (Number.isFinite(width) ? [[id, widthWithin(Number(width))]] : [])),
      ),
      dense: d === 1,
    }
  } catch {
    return usualLayout
  }
}

/** What the cookie holds; '' for the usual layout. */
export function writeLayout({ shown, order, widths, dense }: TableLayout): string {
  const parts = {
    ...(Object.keys(shown).length > 0 && {
      s: Object.fromEntries(Object.entries(shown).map(([id, on]) => [id, on ? 1 : 0])),
    }),
    ...(order.length > 0 && { o: order }),
    ...(Object.keys(widths).length > 0 && { w: widths }),
    ...(dense && { d: 1 }),
  }
  return Object.keys(parts).length > 0 ? JSON.stringify(parts) : ''
}

/** The columns from left to right. The first one holds the link of the row, and stays. */
export function inOrder<Row>(columns: readonly Column<Row>[], order: readonly string[]): Column<Row>[] {
  if (order.length === 0) return [...columns]
  const [first, ...others] = columns
  // One that came later stands behind the one it was made to follow.
  const place = new Map<string, number>()
  let last = -1
  for (const { id } of others) {
    const own = order.indexOf(id)
    last = own >= 0 ? own : last + 0.001
    place.set(id, last)
  }
  const sorted = others.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  return first ? [first, ...sorted] : sorted
}

/** Which columns are shown. What the list is sorted by is, with its arrow, unless somebody switched it off. */
export const shownColumns = <Row>(
  columns: readonly Column<Row>[],
  { shown }: TableLayout,
  sort?: string,
): Record<string, boolean> =>
  Object.fromEntries(
    columns.map((column) => [column.id, column.fixed || (shown[column.id] ?? (!column.hidden || column.id === sort))]),
  )

/** With a column one place further left or right; the first one stays first. */
export function moved<Row>(
  columns: readonly Column<Row>[],
  order: readonly string[],
  id: string,
  by: -1 | 1,
): string[] {
  const ids = inOrder(columns, order).map((column) => column.id)
  const at = ids.indexOf(id)
  const to = at + by
  if (at < 1 || to < 1 || to >= ids.length) return [...order]
  return ids.with(at, ids[to] as string).with(to, id)
}

/** With a column dropped before another one, or at the end. */
export function dropped<Row>(
  columns: readonly Column<Row>[],
  order: readonly string[],
  id: string,
  before: string | null,
): string[] {
  const ids = inOrder(columns, order).map((column) => column.id)
  if (ids.indexOf(id) < 1 || id === before) return [...order]
  const rest = ids.filter((each) => each !== id)
  const to = before === null ? rest.length : Math.max(1, rest.indexOf(before))
  return rest.toSpliced(to, 0, id)
}
