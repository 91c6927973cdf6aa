'use client'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { Button } from '../button.tsx'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { Popover } from '../popover.tsx'
import type { Column } from './column.ts'
import { inOrder, moved, shownColumns, type TableLayout, widthWithin } from './table-layout.ts'

const STEP = 16

type Props<Row> = {
  columns: readonly Column<Row>[]
  sort: string | undefined
  layout: TableLayout
  isUsual: boolean
  change: (part: Partial<TableLayout>) => void
  reset: () => void
}

/** Chooses which columns are shown, in which order and how close rows are. */
export function ColumnsPanel<Row>(props: Props<Row>) {
  if (props.columns.every((column) => column.fixed)) return null
  return (
    <Popover
      label="Columns"
      align="end"
      className="w-64 p-1!"
      trigger={
        <Button variant="ghost" className="max-sm:hidden">
          Columns
        </Button>
      }
    >
      <Panel {...props} />
    </Popover>
  )
}

function Panel<Row>({ columns, sort, layout, isUsual, change, reset }: Props<Row>) {
  const shown = shownColumns(columns, layout, sort)
  const others = inOrder(columns, layout.order).slice(1)
  const move = (id: string, by: -1 | 1) => change({ order: moved(columns, layout.order, id, by) })

  // Focus stays on the column while it moves: React keeps its element, and arrows go between the boxes.
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const id = (event.target as HTMLElement).closest<HTMLElement>('[data-column]')?.dataset.column
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key] as -1 | 1 | undefined
    if (!by) return
    const isAcross = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
    if (event.altKey && id && !isAcross) move(id, by)
    else if (event.altKey && id) {
      const now = layout.widths[id] ?? widthOf(id)
      change({ widths: { ...layout.widths, [id]: widthWithin(now + by * STEP) } })
    } else if (isAcross) return
    else {
      const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=checkbox]')]
      const at = boxes.indexOf(document.activeElement as HTMLInputElement)
      boxes[(at + by + boxes.length) % boxes.length]?.focus()
    }
    event.preventDefault()
  }

  return (
    <>
      <fieldset onKeyDown={onKeyDown} className="min-w-0">
        <legend className="px-2 pt-1 pb-0.5 font-medium text-mute text-xs">Columns</legend>
        {others.map((column, at) => (
          <div
            key={column.id}
            data-column={column.id}
            className="group/column flex items-center rounded-sm focus-within:bg-hover hover:bg-hover"
          >
            <Checkbox
              label={column.header}
              description={column.room && layout.shown[column.id] === undefined ? 'where there is room' : undefined}
              checked={shown[column.id] ?? true}
              disabled={column.fixed}
              onChange={(event) => change({ shown: { ...layout.shown, [column.id]: event.target.checked } })}
              className="min-w-0 flex-1 px-2 py-1.5 pointer-coarse:py-2.5"
            />
            <span className="flex opacity-0 focus-within:opacity-100 group-focus-within/column:opacity-100 group-hover/column:opacity-100 pointer-coarse:opacity-100">
              <Move label={`Move ${column.header} left`} disabled={at === 0} onPress={() => move(column.id, -1)}>
                <ArrowUp size={13} aria-hidden="true" />
              </Move>
              <Move
                label={`Move ${column.header} right`}
                disabled={at === others.length - 1}
                onPress={() => move(column.id, 1)}
              >
                <ArrowDown size={13} aria-hidden="true" />
              </Move>
            </span>
          </div>
        ))}
      </fieldset>
      <div className="mt-1 border-line2 border-t pt-1">
        <Checkbox
          label="Rows closer together"
          checked={layout.dense}
          onChange={(event) => change({ dense: event.target.checked })}
          className="rounded-sm px-2 py-1.5 hover:bg-hover pointer-coarse:py-2.5"
        />
        {!isUsual && (
          <button
            type="button"
            onClick={reset}
            className="flex min-h-8 w-full items-center rounded-sm px-2 text-left hover:bg-hover pointer-coarse:min-h-10"
          >
            As it comes
          </button>
        )}
        <p className="text-pretty px-2 pt-1 pb-1.5 text-mute text-sm">
          Drag the edge of a header to make it wider. By keyboard: Alt with the arrows moves a column, and makes it
          wider.
        </p>
      </div>
    </>
  )
}

const widthOf = (id: string): number =>
  document.querySelector<HTMLElement>(`th[data-column="${CSS.escape(id)}"]`)?.offsetWidth ?? 120

function Move({
  label,
  disabled,
  onPress,
  children,
}: {
  label: string
  disabled: boolean
  onPress: () => void
  children: React.ReactNode
}) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-disabled={disabled}
      onClick={() => !disabled && onPress()}
      className={cx(
        'grid size-6 place-items-center rounded-sm text-mute hover:text-ink pointer-coarse:size-9',
        disabled && 'invisible',
      )}
    >
      {children}
    </button>
  )
}
