'use client'
import { FlexRender } from '@tanstack/react-table'
import type { Route } from 'next'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type MouseEvent, type ReactNode, useState } from 'react'
import { cx } from '../cx.ts'
import { isPeek } from '../peek/use-peek.ts'
import type { Column } from './column.ts'
import { CopyCell } from './copy-cell.tsx'
import type { TableLayout } from './table-layout.ts'
import { cellLook, edges, phoneLook, roomFor, sized, sizedLook } from './table-look.ts'
import type { TableCell } from './use-selectable-rows.ts'

/** One row: all of it leads to its page, its first cell holds the link. On a phone it is a card. */
export function TableRow<Row extends object>({
  columns,
  layout,
  cells,
  href,
  peek,
  selected,
  checkbox,
  widths,
}: {
  columns: readonly Column<Row>[]
  layout: TableLayout
  /** In the order of the columns. */
  cells: readonly TableCell<Row>[]
  href: Route | undefined
  /** Opens it at the side of the list. */
  peek: { id: string; isOpen: boolean; open: () => void } | undefined
  selected: boolean
  /** Being given makes the row selectable. */
  checkbox: ReactNode
  /** Of columns that have one of their own. */
  widths: Readonly<Record<string, number>>
}) {
  // Buttons to copy would be hundreds: they come with the pointer or the focus.
  const [near, setNear] = useState(false)
  const { push } = useRouter()
  const open = (event: MouseEvent, to: Route) => (peek && isPeek(event) ? peek.open() : push(to))
  const selectable = Boolean(checkbox)
  // Roles are spelled out because the phone's cards change `display`, which would take them away.
  // biome-ignore-start lint/a11y/noRedundantRoles: see above
  return (
    <tr
      role="row"
      aria-selected={selectable ? selected : undefined}
      onClick={href && ((event) => openRow(event, href, open))}
      onPointerEnter={() => setNear(true)}
      onPointerLeave={(event) => setNear(event.currentTarget.contains(document.activeElement))}
      onFocus={() => setNear(true)}
      onAuxClick={href && ((event) => event.button === 1 && openRow(event, href, open))}
      className={cx(
        'group/row relative max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:gap-y-1 max-sm:rounded-card max-sm:border max-sm:bg-panel max-sm:px-3.5 max-sm:py-3 max-sm:shadow-soft',
        selected || peek?.isOpen
          ? 'bg-accentbg! max-sm:border-ring'
          : href && 'hover:bg-hover has-[a[data-row]:focus-visible]:bg-hover',
      )}
    >
      {checkbox && (
        <td role="cell" className={cx(cellLook, 'w-11 pl-6 max-sm:absolute max-sm:top-3 max-sm:right-3 max-sm:w-auto')}>
          {checkbox}
        </td>
      )}
      {cells.map((cell, place) => {
        const column = columns.find((each) => each.id === cell.column.id)
        const phone = column?.phone ?? (place === 0 ? 'title' : 'meta')
        const content = <FlexRender cell={cell} />
        return (
          <td
            key={cell.id}
            role="cell"
            className={cx(
              cellLook,
              edges(selectable),
              phoneLook[phone],
              // What has no value has no name either.
              phone === 'meta' && 'max-sm:has-[>[data-value]:empty]:hidden',
              phone === 'title' && selectable && 'max-sm:pr-9',
              column?.align === 'end' && 'sm:text-right',
              column && roomFor(column, layout),
              widths[cell.column.id] !== undefined && sizedLook,
            )}
            style={sized(widths[cell.column.id])}
          >
            {phone === 'meta' && !column?.saysItself && (
              <span className="mr-1.5 text-mute text-sm sm:hidden">{column?.header}</span>
            )}
            {href && place === 0 ? (
              <Link
                href={href}
                data-row
                data-peek={peek?.id}
                aria-current={peek?.isOpen || undefined}
                className="rounded-xs"
                onClick={(event) => {
                  if (!peek || !isPeek(event)) return
                  event.preventDefault()
                  peek.open()
                }}
              >
                {content}
              </Link>
            ) : (
              <span data-value className="contents">
                {content}
              </span>
            )}
            {near && column?.copy?.text(cell.row.original) && (
              <CopyCell label={column.copy.label} text={column.copy.text(cell.row.original)} />
            )}
          </td>
        )
      })}
    </tr>
  )
  // biome-ignore-end lint/a11y/noRedundantRoles: see above
}

// The whole row leads to its page, but what can be pressed in it, and text being selected, come first.
function openRow(event: MouseEvent, href: Route, open: (event: MouseEvent, href: Route) => void) {
  const target = event.target as HTMLElement
  if (target.closest('a, button, input, label, select, textarea, [role="menuitem"]')) return
  if (window.getSelection()?.toString()) return
  if (event.metaKey || event.ctrlKey || event.button === 1) window.open(href, '_blank', 'noopener')
  else open(event, href)
}
