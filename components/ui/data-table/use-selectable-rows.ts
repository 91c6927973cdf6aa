'use client'
import {
  type Cell,
  columnVisibilityFeature,
  createColumnHelper,
  type RowSelectionState,
  rowPaginationFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { type MouseEvent, useRef, useState } from 'react'
import type { Column } from './column.ts'

const features = tableFeatures({
  rowSortingFeature,
  rowPaginationFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
})

export type TableCell<Row extends object> = Cell<typeof features, Row>

/** The rows of a page with their cells, and which of them are selected; the server has filtered, sorted and cut them. */
export function useSelectableRows<Row extends object>({
  columns,
  rows,
  total,
  rowId,
  selectable,
  visible,
  place,
  asked,
}: {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  total: number
  rowId: (row: Row) => string
  selectable: boolean
  visible: Record<string, boolean>
  place: { page: number; size: number; sort: string; dir: 'asc' | 'desc' }
  /** What the list is asked for: "all that match" are others once it changes. */
  asked: string
}) {
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({})
  const [matchingOf, setMatchingOf] = useState<string | null>(null)
  const matching = matchingOf === asked
  const setMatching = (on: boolean) => setMatchingOf(on ? asked : null)
  const lastPicked = useRef(-1)
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
    state: {
      pagination: { pageIndex: place.page - 1, pageSize: place.size },
      sorting: [{ id: place.sort, desc: place.dir === 'desc' }],
      rowSelection,
      columnVisibility: visible,
    },
    onRowSelectionChange: (updater) => {
      setMatching(false)
      setRowSelection(updater)
    },
  })

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

  return {
    table,
    pick,
    selectMatching: () => setMatching(true),
    selection: {
      ids: Object.keys(rowSelection).filter((id) => rowSelection[id]),
      matching,
      clear: () => {
        setRowSelection({})
        setMatching(false)
      },
    },
  }
}
