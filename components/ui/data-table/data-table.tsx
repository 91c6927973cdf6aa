'use client'
import {
  columnVisibilityFeature,
  createColumnHelper,
  type PaginationState,
  type RowSelectionState,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState, useTransition } from 'react'
import { Button } from '../button.tsx'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { EmptyState } from '../empty-state.tsx'
import { BulkBar, type Selection } from './bulk-bar.tsx'
import type { Column } from './column.ts'
import { useColumnChoice } from './column-choice.ts'
import { ColumnsMenu, SortMenu } from './list-menus.tsx'
import type { ListParams } from './list-params.ts'
import { ListTransition } from './list-transition.ts'
import { Pager } from './pager.tsx'

const features = tableFeatures({
  rowSortingFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
})

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
  /** The same `listParams` the page reads the address with. */
  params: ListParams
  rowId: (row: Row) => string
  /** Where a click on the row leads; the first column holds the link. */
  rowHref?: (row: Row) => Route
  /** What a row is called, for its checkbox; needed with `bulk`. */
  rowLabel?: (row: Row) => string
  /** Actions for selected rows; being given makes rows selectable. */
  bulk?: (selection: Selection) => ReactNode
  /** Offers "select all matching"; `bulk` must then honour `matching`. */
  canSelectMatching?: boolean
  /** SearchInput and FilterChips. */
  toolbar?: ReactNode
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
  params,
  rowId,
  rowHref,
  rowLabel,
  bulk,
  canSelectMatching = false,
  toolbar,
  empty,
  fill = true,
}: DataTableProps<Row>) {
  const [pending, startTransition] = useTransition()
  const [state, setState] = useQueryStates(
    { page: params.page, size: params.size, sort: params.sort, dir: params.dir },
    { shallow: false, history: 'push', startTransition },
  )
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({})
  const [matching, setMatching] = useState(false)
  const lastPicked = useRef(-1)
  // What the list is sorted by is shown, with its arrow.
  const choice = useColumnChoice(name, columns, state.sort)
  const router = useRouter()
  const path = usePathname()
  const address = useSearchParams()
  const filtered = [...address.keys()].some((key) => !['page', 'size', 'sort', 'dir'].includes(key))
  const selectable = Boolean(bulk)

  const pagination: PaginationState = { pageIndex: state.page - 1, pageSize: state.size }
  const sorting: SortingState = [{ id: state.sort, desc: state.dir === 'desc' }]
  const helper = createColumnHelper<typeof features, Row>()
  const table = useTable({
    features,
    columns: helper.columns(
      columns.map((column) =>
        helper.accessor(() => null, {
          id: column.id,
          header: column.header,
          cell: ({ row }) => column.cell(row.original),
          enableSorting: Boolean(column.sort),
          sortDescFirst: column.sort === 'desc',
        }),
      ),
    ),
    data: rows as Row[],
    getRowId: rowId,
    rowCount: total,
    manualPagination: true,
    manualSorting: true,
    enableSortingRemoval: false,
    enableRowSelection: selectable,
    state: { pagination, sorting, rowSelection, columnVisibility: choice.visible },
    onRowSelectionChange: (updater) => {
      setMatching(false)
      setRowSelection(updater)
    },
  })

  const ids = Object.keys(rowSelection).filter((id) => rowSelection[id])
  const clear = () => {
    setRowSelection({})
    setMatching(false)
  }
  const sortBy = (sort: string, dir: 'asc' | 'desc') => void setState({ sort, dir, page: 1 })
  const shown = columns.filter((column) => choice.visible[column.id])

  function pick(at: number, event: MouseEvent) {
    const from = lastPicked.current
    lastPicked.current = at
    if (!event.shiftKey || from < 0) return
    // With shift, everything between the last pick and this one follows this one.
    const on = !table.getRowModel().rows[at]?.getIsSelected()
    const between = new Set(rows.slice(Math.min(at, from), Math.max(at, from) + 1).map(rowId))
    setRowSelection((old) => {
      const kept = Object.keys(old).filter((id) => !between.has(id))
      return Object.fromEntries([...kept, ...(on ? between : [])].map((id) => [id, true as const]))
    })
  }

  if (total === 0 && !filtered) return <div className="flex flex-1 flex-col justify-center">{empty}</div>

  return (
    <ListTransition value={startTransition}>
      <div data-print="grow" className={cx('relative flex min-w-0 flex-col', fill && 'flex-1 sm:min-h-0')}>
        {/* One row on a phone, to be pushed aside: the rows below are what people came for. */}
        <div
          className="scroll-thin flex gap-2 px-4 pb-3 max-sm:items-center max-sm:overflow-x-auto max-sm:pt-1 max-sm:pb-2 sm:px-6"
          data-print="hide"
        >
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2 max-sm:contents max-sm:*:shrink-0">
            {toolbar}
          </div>
          <div className="ml-auto flex shrink-0">
            <SortMenu columns={columns} sort={state.sort} dir={state.dir} onSort={sortBy} />
            <ColumnsMenu columns={columns} {...choice} />
          </div>
        </div>
        {rows.length === 0 ? (
          <div
            className={cx(
              'flex flex-1 flex-col justify-center border-line border-t',
              pending && 'opacity-60 delay-200',
            )}
          >
            {total > 0 ? (
              <EmptyState
                title="There is no such page"
                actions={<Button onClick={() => void setState({ page: 1 })}>Go to the first page</Button>}
              >
                The list has gotten shorter.
              </EmptyState>
            ) : (
              <EmptyState
                title="Nothing matches"
                actions={
                  <Button onClick={() => startTransition(() => router.push(path as Route))}>
                    Clear search and filters
                  </Button>
                }
              >
                No rows match both the search and the filters.
              </EmptyState>
            )}
          </div>
        ) : (
          <section
            data-print="grow"
            aria-label={label}
            aria-busy={pending}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            className={cx(
              'scroll-thin transition-opacity duration-150 focus-visible:-outline-offset-2 sm:overflow-x-auto sm:border-line sm:border-t',
              fill && 'sm:min-h-0 sm:flex-1 sm:overflow-y-auto',
              pending && 'opacity-60 delay-200',
            )}
          >
            {/* Roles are spelled out because the phone's cards change `display`, which would take them away. */}
            {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
            <table role="table" aria-rowcount={total} className="w-full border-separate border-spacing-0 max-sm:block">
              <thead role="rowgroup" className="max-sm:hidden">
                <tr role="row">
                  {selectable && (
                    <th role="columnheader" scope="col" className={cx(headLook, 'w-11 pl-6')}>
                      <Checkbox
                        aria-label="Select this page"
                        className="flex!"
                        checked={table.getIsAllPageRowsSelected()}
                        indeterminate={table.getIsSomePageRowsSelected() && !table.getIsAllPageRowsSelected()}
                        onChange={table.getToggleAllPageRowsSelectedHandler()}
                      />
                    </th>
                  )}
                  {shown.map((column) => {
                    const sorted = state.sort === column.id ? state.dir : undefined
                    return (
                      <th
                        key={column.id}
                        role="columnheader"
                        scope="col"
                        aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}
                        className={cx(headLook, edges(selectable), column.align === 'end' && 'text-right')}
                        style={column.width ? { width: column.width } : undefined}
                      >
                        {column.sort ? (
                          <button
                            type="button"
                            className={cx(
                              'group -mx-1.5 inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 hover:bg-hover hover:text-ink',
                              sorted && 'text-ink',
                              column.align === 'end' && 'flex-row-reverse',
                            )}
                            onClick={() =>
                              sortBy(
                                column.id,
                                sorted ? (sorted === 'asc' ? 'desc' : 'asc') : column.sort === 'desc' ? 'desc' : 'asc',
                              )
                            }
                          >
                            {column.header}
                            {sorted === 'desc' ? (
                              <ArrowDown size={12} aria-hidden="true" />
                            ) : (
                              <ArrowUp
                                size={12}
                                aria-hidden="true"
                                className={
                                  sorted ? undefined : 'opacity-0 group-hover:opacity-50 group-focus-visible:opacity-50'
                                }
                              />
                            )}
                          </button>
                        ) : (
                          <span className={cx('inline-flex items-center gap-1', sorted && 'text-ink')}>
                            {column.header}
                            {sorted === 'desc' && <ArrowDown size={12} aria-hidden="true" />}
                            {sorted === 'asc' && <ArrowUp size={12} aria-hidden="true" />}
                          </span>
                        )}
                      </th>
                    )
                  })}
                </tr>
              </thead>
              <tbody role="rowgroup" onKeyDown={moveBetweenRows} className="max-sm:grid max-sm:gap-2 max-sm:px-4">
                {table.getRowModel().rows.map((row, at) => {
                  const href = rowHref?.(row.original)
                  const selected = matching || row.getIsSelected()
                  return (
                    <tr
                      key={row.id}
                      role="row"
                      aria-selected={selectable ? selected : undefined}
                      onClick={href && ((event) => openRow(event, href, router.push))}
                      onAuxClick={href && ((event) => event.button === 1 && openRow(event, href, router.push))}
                      className={cx(
                        'group/row relative max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:gap-y-1 max-sm:rounded-card max-sm:border max-sm:bg-panel max-sm:px-3.5 max-sm:py-3 max-sm:shadow-soft',
                        selected ? 'bg-accentbg! max-sm:border-ring' : href && 'hover:bg-hover',
                      )}
                    >
                      {selectable && (
                        <td
                          role="cell"
                          className={cx(
                            cellLook,
                            'w-11 pl-6 max-sm:absolute max-sm:top-3 max-sm:right-3 max-sm:w-auto',
                          )}
                        >
                          <Checkbox
                            aria-label={`Select ${rowLabel?.(row.original) ?? row.id}`}
                            className="flex! -m-2 p-2 transition-opacity not-has-checked:not-has-focus-visible:pointer-fine:opacity-50 group-hover/row:opacity-100!"
                            checked={selected}
                            onClick={(event) => pick(at, event)}
                            onChange={row.getToggleSelectedHandler()}
                          />
                        </td>
                      )}
                      {row.getVisibleCells().map((cell, place) => {
                        const column = columns.find((each) => each.id === cell.column.id)
                        const phone = column?.phone ?? (place === 0 ? 'title' : 'meta')
                        const content = <table.FlexRender cell={cell} />
                        return (
                          <td
                            key={cell.id}
                            role="cell"
                            className={cx(
                              cellLook,
                              edges(selectable),
                              phoneLook[phone],
                              phone === 'title' && selectable && 'max-sm:pr-9',
                              column?.align === 'end' && 'sm:text-right',
                            )}
                          >
                            {phone === 'meta' && (
                              <span className="mr-1.5 text-mute text-sm sm:hidden">{column?.header}</span>
                            )}
                            {href && place === 0 ? (
                              <Link href={href} data-row className="rounded-xs">
                                {content}
                              </Link>
                            ) : (
                              content
                            )}
                          </td>
                        )
                      })}
                    </tr>
                  )
                })}
              </tbody>
            </table>
            {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
          </section>
        )}
        {bulk && ids.length > 0 && (
          <BulkBar
            selection={{ ids, matching, clear }}
            total={total}
            onMatching={canSelectMatching ? () => setMatching(true) : undefined}
          >
            {bulk({ ids, matching, clear })}
          </BulkBar>
        )}
        {rows.length > 0 && (
          <Pager
            page={state.page}
            size={state.size}
            total={total}
            onPage={(page) => void setState({ page })}
            onSize={(size) => void setState({ size, page: 1 })}
          />
        )}
      </div>
    </ListTransition>
  )
}

const headLook =
  'sticky top-0 z-10 h-8 whitespace-nowrap border-line border-b bg-panel px-3 text-left font-medium text-mute text-sm'
const cellLook = 'h-[38px] whitespace-nowrap border-line2 border-b px-3 max-sm:h-auto max-sm:border-0 max-sm:p-0'
const edges = (selectable: boolean) => cx(!selectable && 'sm:first:pl-6', 'sm:last:pr-6')
const phoneLook = {
  title: 'max-sm:order-1 max-sm:w-full max-sm:font-medium',
  subtitle: 'max-sm:order-2 max-sm:w-full max-sm:truncate max-sm:text-mute',
  meta: 'max-sm:order-3',
  hidden: 'max-sm:hidden',
} as const

// The whole row leads to its page, but what can be pressed in it, and text being selected, come first.
function openRow(event: MouseEvent, href: Route, push: (href: Route) => void) {
  const target = event.target as HTMLElement
  if (target.closest('a, button, input, label, select, textarea, [role="menuitem"]')) return
  if (window.getSelection()?.toString()) return
  if (event.metaKey || event.ctrlKey || event.button === 1) window.open(href, '_blank', 'noopener')
  else push(href)
}

// Arrow keys walk the row links.
function moveBetweenRows(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-row]')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}
