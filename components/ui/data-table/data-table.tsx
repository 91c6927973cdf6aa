'use client'
import type { Route } from 'next'
import { useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { type ReactNode, useRef, useState, useTransition } from 'react'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { PEEK } from '../peek/peek-param.ts'
import { usePeek } from '../peek/use-peek.ts'
import { BulkBar, type Selection } from './bulk-bar.tsx'
import type { Column } from './column.ts'
import { ColumnsPanel } from './columns-panel.tsx'
import { type FarPages, noFarPages } from './far-pages.ts'
import { SortMenu } from './list-menus.tsx'
import type { ListParams } from './list-params.ts'
import { ListTransition } from './list-transition.ts'
import { NoRows } from './no-rows.tsx'
import { Pager } from './pager.tsx'
import { TableHead } from './table-head.tsx'
import { dropped, inOrder, shownColumns } from './table-layout.ts'
import { useTableLayout } from './table-layouts.tsx'
import { TableRow } from './table-row.tsx'
import { useRowKeys } from './use-row-keys.ts'
import { useSelectableRows } from './use-selectable-rows.ts'

export type DataTableProps<Row extends object> = {
  /** Names the table for screen readers: "License keys". */
  label: string
  /** Under which the chosen columns are remembered. */
  name: string
  columns: readonly Column<Row>[]
  /** The rows of this page, already filtered, sorted and cut by the server. */
  rows: readonly Row[]
  /** How many match in all. */
  total: number
  /** That there are more than `total`, and how pages beside a far one are found. */
  far?: FarPages
  /** The same `listParams` the page reads the address with. */
  params: ListParams
  rowId: (row: Row) => string
  /** Where a click on the row leads; the first column holds the link. */
  rowHref?: (row: Row) => Route
  /** A click opens the row at the side of the list instead, where there is room; beside the table stands a PeekPanel. */
  peeks?: boolean
  /** What a row is called, for its checkbox; needed with `bulk`. */
  rowLabel?: (row: Row) => string
  /** Actions for selected rows; being given makes rows selectable. */
  bulk?: (selection: Selection) => ReactNode
  /** Offers "select all matching"; `bulk` must then honour `matching`. */
  canSelectMatching?: boolean
  /** SearchInput and FilterChips. */
  toolbar?: ReactNode
  /** What stands at the other end, beside the columns. */
  aside?: ReactNode
  /** What to show while there is nothing at all. */
  empty: ReactNode
  /** The table scrolls within its place and keeps header and pager in view; false inside a card. */
  fill?: boolean
}

/** A table whose rows, order and page come from the server and whose state lives in the address; cards on a phone. */
export function DataTable<Row extends object>({
  label,
  name,
  columns,
  rows,
  total,
  far = noFarPages,
  params,
  rowId,
  rowHref,
  peeks = false,
  rowLabel,
  bulk,
  canSelectMatching = false,
  toolbar,
  aside,
  empty,
  fill = true,
}: DataTableProps<Row>) {
  const [pending, startTransition] = useTransition()
  const [place, setPlace] = useQueryStates(
    { page: params.page, size: params.size, sort: params.sort, dir: params.dir, mark: params.mark },
    { shallow: false, history: 'push', startTransition },
  )
  // What somebody sorts the list by is shown, with its arrow.
  const { layout, isUsual, change, reset } = useTableLayout(name)
  const sorted = place.sort === params.sort.defaultValue ? undefined : place.sort
  const visible = shownColumns(columns, layout, sorted)
  const ordered = inOrder(columns, layout.order)
  // While an edge is dragged its column follows; what is kept is where it ends.
  const [dragged, setDragged] = useState<Record<string, number> | null>(null)
  const widths = dragged ?? layout.widths
  function onWidth(id: string, width: number | null, done: boolean) {
    const { [id]: _, ...others } = layout.widths
    const next = width === null ? others : { ...others, [id]: width }
    setDragged(done ? null : next)
    if (done) change({ widths: next })
  }
  const selectable = Boolean(bulk)
  const asked = [...useSearchParams()].filter(
    ([key]) => !['page', 'size', 'sort', 'dir', 'mark', 'view', PEEK].includes(key),
  )
  const { table, selection, selectMatching, pick } = useSelectableRows({
    columns: ordered,
    rows,
    total,
    rowId,
    selectable,
    visible,
    place,
    asked: asked.join('\n'),
  })
  const peek = usePeek()
  const body = useRef<HTMLTableSectionElement>(null)
  useRowKeys(body, selection.clear)
  const filtered = asked.length > 0
  const sortBy = (sort: string, dir: 'asc' | 'desc') => void setPlace({ sort, dir, page: 1, mark: null })

  if (total === 0 && !filtered) return <div className="flex flex-1 flex-col justify-center">{empty}</div>

  return (
    <ListTransition value={startTransition}>
      <div data-print="grow" className={cx('relative flex min-w-0 flex-col', fill && 'flex-1 sm:min-h-0')}>
        {/* One row on a phone, to be pushed aside: the rows below are what people came for. */}
        <div
          className="scroll-thin max-sm:scroll-quiet flex gap-2 px-4 pb-3 [nav+div>&]:pt-3 max-sm:items-center max-sm:overflow-x-auto max-sm:pt-1 max-sm:pb-2 sm:px-6"
          data-print="hide"
        >
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2 max-sm:contents max-sm:*:shrink-0">
            {toolbar}
          </div>
          <div className="ml-auto flex shrink-0">
            <SortMenu columns={columns} sort={place.sort} dir={place.dir} onSort={sortBy} />
            <ColumnsPanel {...{ columns, layout, isUsual, change, reset }} sort={sorted} />
            {aside}
          </div>
        </div>
        {rows.length === 0 ? (
          <NoRows
            isBehindLast={total > 0}
            numbered={
              far.isMore || (place.page - 1) * place.size < total ? Math.floor(far.numbered / place.size) : null
            }
            onPage={(page) => void setPlace({ page, mark: null })}
            pending={pending}
          />
        ) : (
          <section
            data-print="grow"
            aria-label={label}
            aria-busy={pending}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            className={cx(
              'scroll-thin @container/list transition-opacity duration-150 focus-visible:-outline-offset-2 sm:overflow-x-auto sm:border-line sm:border-t',
              fill && 'sm:min-h-0 sm:flex-1 sm:overflow-y-auto',
              pending && 'opacity-60 delay-200',
            )}
          >
            {/* biome-ignore-start lint/a11y/noRedundantRoles: the phone's cards change `display`, which would take them away */}
            <table
              role="table"
              aria-rowcount={far.isMore ? -1 : total}
              data-dense={layout.dense || undefined}
              className="group/table w-full border-separate border-spacing-0 max-sm:block"
            >
              <TableHead
                columns={ordered.filter((column) => visible[column.id])}
                layout={layout}
                widths={widths}
                onWidth={onWidth}
                onDrop={(id, before) => change({ order: dropped(columns, layout.order, id, before) })}
                sort={place.sort}
                dir={place.dir}
                onSort={sortBy}
                selectAll={
                  selectable && (
                    <Checkbox
                      aria-label="Select this page"
                      className="flex!"
                      checked={table.getIsAllPageRowsSelected()}
                      indeterminate={table.getIsSomePageRowsSelected() && !table.getIsAllPageRowsSelected()}
                      onChange={table.getToggleAllPageRowsSelectedHandler()}
                    />
                  )
                }
              />
              <tbody ref={body} role="rowgroup" className="max-sm:grid max-sm:gap-2 max-sm:px-4">
                {table.getRowModel().rows.map((row, at) => {
                  const selected = selection.matching || row.getIsSelected()
                  return (
                    <TableRow
                      key={row.id}
                      columns={columns}
                      layout={layout}
                      cells={row.getVisibleCells()}
                      href={rowHref?.(row.original)}
                      selected={selected}
                      peek={
                        peeks ? { id: row.id, isOpen: peek.id === row.id, open: () => peek.open(row.id) } : undefined
                      }
                      widths={widths}
                      checkbox={
                        selectable && (
                          <Checkbox
                            aria-label={`Select ${rowLabel?.(row.original) ?? row.id}`}
                            className="flex! -m-2 p-2 transition-opacity not-has-checked:not-has-focus-visible:pointer-fine:opacity-50 group-hover/row:opacity-100!"
                            checked={selected}
                            onClick={(event) => pick(at, event)}
                            onChange={row.getToggleSelectedHandler()}
                          />
                        )
                      }
                    />
                  )
                })}
              </tbody>
            </table>
            {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
          </section>
        )}
        {bulk && selection.ids.length > 0 && (
          <BulkBar selection={selection} total={total} onMatching={canSelectMatching ? selectMatching : undefined}>
            {bulk(selection)}
          </BulkBar>
        )}
        {rows.length > 0 && (
          <Pager
            page={place.page}
            size={place.size}
            rows={rows.length}
            total={total}
            far={far}
            onPage={(page, mark) => void setPlace({ page, mark })}
            onSize={(size) => void setPlace({ size, page: 1, mark: null })}
          />
        )}
      </div>
    </ListTransition>
  )
}
