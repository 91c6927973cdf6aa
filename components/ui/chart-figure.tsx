'use client'
import { type ReactNode, useState } from 'react'

/** A chart with its legend, and a button that shows the same numbers as a table. Screen readers have the table in any case. */
export function ChartFigure({
  title,
  legend,
  height,
  table,
  children,
}: {
  /** Names the chart for screen readers. */
  title: string
  legend?: ReactNode
  height: number
  /** The same as rows; `isShown` where people see it, and may press what is in it. */
  table: (isShown: boolean) => ReactNode
  children: ReactNode
}) {
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className="relative">
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-mute text-sm">
        <span className="sr-only">{title}</span>
        {!asTable && legend}
        <button
          type="button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          data-print="hide"
          className="ml-auto rounded-sm px-1.5 font-medium hover:bg-hover hover:text-ink noscript:hidden pointer-coarse:py-2.5 aria-pressed:bg-line2 aria-pressed:text-ink"
        >
          Table<span className="sr-only">: {title}</span>
        </button>
      </figcaption>
      {asTable ? (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={`${title}, as a table`}
          className="scroll-thin overflow-auto rounded-xs"
          style={{ height }}
        >
          {table(true)}
        </section>
      ) : (
        <>
          {children}
          <div className="sr-only">{table(false)}</div>
        </>
      )}
    </figure>
  )
}

/** A row of small squares with words. */
export function ChartLegend({ items }: { items: readonly { label: string; fill: string }[] }) {
  return items.map(({ label, fill }) => (
    <span key={label} className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: fill }} />
      {label}
    </span>
  ))
}

/** Numbers by name, as a table that reads the same to everybody. */
export function ChartTable({
  title,
  head,
  rows,
}: {
  title: string
  head: readonly string[]
  rows: readonly { key: string; cells: readonly ReactNode[] }[]
}) {
  return (
    <table className="w-full border-separate border-spacing-0 text-sm tabular-nums">
      <caption className="sr-only">{title}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th
              key={name}
              scope="col"
              className="sticky top-0 border-line2 border-b bg-panel py-1 pr-3 text-right font-medium text-mute first:text-left last:pr-1 whitespace-nowrap"
            >
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells: [name, ...cells] }) => (
          <tr key={key}>
            <th scope="row" className="whitespace-nowrap border-line2 border-b py-1 pr-3 text-left font-normal">
              {name}
            </th>
            {cells.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              <td key={at} className="border-line2 border-b py-1 pr-3 text-right last:pr-1">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
