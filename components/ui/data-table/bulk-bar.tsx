'use client'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { countText, numberText } from '../number-text.ts'

/** What the actions of the bar get to know. */
export type Selection = {
  ids: string[]
  /** All rows that match the filters are meant, not only `ids`. */
  matching: boolean
  clear: () => void
}

/** The bar that floats over a table while rows are selected. */
export function BulkBar({
  selection,
  total,
  onMatching,
  children,
}: {
  selection: Selection
  total: number
  /** Offers to take all matching rows. */
  onMatching?: () => void
  children: ReactNode
}) {
  const { ids, matching, clear } = selection
  return (
    <div
      className="pointer-events-none sticky bottom-4 sm:bottom-16 z-30 flex h-0 items-end justify-center px-4"
      data-print="hide"
    >
      <section
        aria-label="Selected rows"
        className="inverse pointer-events-auto flex max-w-full flex-wrap items-center gap-1.5 rounded-[12px] bg-bg py-1.5 pr-1.5 pl-3.5 text-ink shadow-[0_8px_30px_rgb(0_0_0/0.22)] transition-[opacity,translate] duration-150 starting:translate-y-2 starting:opacity-0"
      >
        <span aria-live="polite" className="font-medium">
          {matching ? `All ${numberText(total)} selected` : `${countText(ids.length, '', '').trim()} selected`}
        </span>
        {onMatching && !matching && total > ids.length && (
          <button
            type="button"
            onClick={onMatching}
            className="mr-1.5 rounded-sm text-mute underline underline-offset-3 hover:text-ink"
          >
            Select all {numberText(total)} matching
          </button>
        )}
        <span className="flex flex-wrap sm:ml-1.5 gap-1.5">{children}</span>
        <button
          type="button"
          aria-label="Clear selection"
          onClick={clear}
          className="grid size-8 place-items-center rounded-control text-mute hover:bg-hover hover:text-ink"
        >
          <X size={15} aria-hidden="true" />
        </button>
      </section>
    </div>
  )
}
