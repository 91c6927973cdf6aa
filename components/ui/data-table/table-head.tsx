'use client'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { PointerEvent, ReactNode } from 'react'
import { cx } from '../cx.ts'
import type { Column } from './column.ts'
import { type TableLayout, widthWithin } from './table-layout.ts'
import { edges, headLook, roomFor, sized } from './table-look.ts'

type Direction = 'asc' | 'desc'

/** The line of headers: what can be sorted is a button, and shows which way. */
export function TableHead<Row>({
  columns,
  layout,
  sort,
  dir,
  onSort,
  selectAll,
  widths,
  onWidth,
  onDrop,
}: {
  columns: readonly Column<Row>[]
  layout: TableLayout
  sort: string
  dir: Direction
  onSort: (sort: string, dir: Direction) => void
  /** The checkbox of all rows; being given leaves room for those of single ones. */
  selectAll: ReactNode
  widths: Readonly<Record<string, number>>
  /** A column was made wider or narrower; null: as wide as it comes. `done` when the edge is let go. */
  onWidth: (id: string, width: number | null, done: boolean) => void
  /** A column was dropped before another one. */
  onDrop: (id: string, before: string) => void
}) {
  // Roles are spelled out because the phone's cards change `display`, which would take them away.
  // biome-ignore-start lint/a11y/noRedundantRoles: see above
  return (
    <thead role="rowgroup" className="max-sm:hidden">
      <tr role="row">
        {selectAll && (
          <th role="columnheader" scope="col" className={cx(headLook, 'w-11 pl-6')}>
            {selectAll}
          </th>
        )}
        {columns.map((column, at) => {
          const sorted = sort === column.id ? dir : undefined
          return (
            <th
              key={column.id}
              role="columnheader"
              scope="col"
              aria-sort={sorted && ariaSort[sorted]}
              data-column={column.id}
              draggable={at > 0}
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAGGED, column.id)
                event.dataTransfer.effectAllowed = 'move'
              }}
              onDragOver={(event) => at > 0 && event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault()
                onDrop(event.dataTransfer.getData(DRAGGED), column.id)
              }}
              className={cx(
                headLook,
                edges(Boolean(selectAll)),
                column.align === 'end' && 'text-right',
                roomFor(column, layout),
              )}
              style={sized(widths[column.id]) ?? (column.width ? { width: column.width } : undefined)}
            >
              {column.sort ? (
                <SortButton
                  column={column}
                  sorted={sorted}
                  onPress={() => onSort(column.id, sorted ? opposite[sorted] : column.sort === 'desc' ? 'desc' : 'asc')}
                />
              ) : (
                <span className={cx('inline-flex items-center gap-1', sorted && 'text-ink')}>
                  {column.header}
                  {sorted === 'desc' && <ArrowDown size={12} aria-hidden="true" />}
                  {sorted === 'asc' && <ArrowUp size={12} aria-hidden="true" />}
                </span>
              )}
              <Edge onWidth={(width, done) => onWidth(column.id, width, done)} />
            </th>
          )
        })}
      </tr>
    </thead>
  )
  // biome-ignore-end lint/a11y/noRedundantRoles: see above
}

const DRAGGED = 'application/x-latchkey-column'

/** The right edge of a header, to be dragged; a double press gives the column its own width back. */
function Edge({ onWidth }: { onWidth: (width: number | null, done: boolean) => void }) {
  function drag(event: PointerEvent<HTMLSpanElement>) {
    const edge = event.currentTarget
    const from = event.clientX
    const width = edge.parentElement?.offsetWidth ?? 0
    event.preventDefault()
    edge.setPointerCapture(event.pointerId)
    const to = (move: globalThis.PointerEvent) => widthWithin(width + move.clientX - from)
    const move = (next: globalThis.PointerEvent) => onWidth(to(next), false)
    const end = (last: globalThis.PointerEvent) => {
      edge.removeEventListener('pointermove', move)
      if (Math.abs(last.clientX - from) > 2) onWidth(to(last), true)
    }
    edge.addEventListener('pointermove', move)
    edge.addEventListener('pointerup', end, { once: true })
    edge.addEventListener('pointercancel', end, { once: true })
  }
  return (
    // What it does is done by keyboard in the panel of columns.
    <span
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault()
        event.stopPropagation()
      }}
      onPointerDown={drag}
      onDoubleClick={() => onWidth(null, true)}
      className="absolute inset-y-1.5 right-0 w-2 cursor-col-resize touch-none border-transparent border-r hover:border-edge"
    />
  )
}

const ariaSort = { asc: 'ascending', desc: 'descending' } as const
const opposite = { asc: 'desc', desc: 'asc' } as const

function SortButton<Row>({
  column,
  sorted,
  onPress,
}: {
  column: Column<Row>
  sorted: Direction | undefined
  onPress: () => void
}) {
  return (
    <button
      type="button"
      className={cx(
        'group -mx-1.5 inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 hover:bg-hover hover:text-ink',
        sorted && 'text-ink',
        column.align === 'end' && 'flex-row-reverse',
      )}
      onClick={onPress}
    >
      {column.header}
      {sorted === 'desc' ? (
        <ArrowDown size={12} aria-hidden="true" />
      ) : (
        <ArrowUp
          size={12}
          aria-hidden="true"
          className={sorted ? undefined : 'opacity-0 group-hover:opacity-50 group-focus-visible:opacity-50'}
        />
      )}
    </button>
  )
}
