'use client'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '../button.tsx'
import { IconButton } from '../icon-button.tsx'
import { Menu, MenuRadioGroup } from '../menu.tsx'
import { numberText } from '../number-text.ts'
import type { FarPages } from './far-pages.ts'
import { maxPageSize } from './list-params.ts'

const sizes = [25, 50, maxPageSize]

/** "1–50 of 1,240", back and forth, and how many to a page. */
export function Pager({
  page,
  size,
  rows,
  total,
  far,
  onPage,
  onSize,
}: {
  page: number
  size: number
  /** How many this page has. */
  rows: number
  total: number
  far: FarPages
  /** With the mark of a far page. */
  onPage: (page: number, mark: string | null) => void
  onSize: (size: number) => void
}) {
  const last = Math.max(1, Math.ceil(total / size))
  const from = (page - 1) * size + 1
  const to = from + rows - 1
  return (
    <nav aria-label="Pages" className="flex items-center gap-1 px-4 py-2 text-mute sm:px-6" data-print="hide">
      <p aria-live="polite">
        <span className="text-ink">
          {numberText(from)}–{numberText(to)}
        </span>{' '}
        of {far.isMore && 'more than '}
        {numberText(total)}
      </p>
      <span className="flex-1" />
      <Menu
        side="top"
        trigger={
          <Button variant="ghost" size="sm">
            <span>
              {size}
              <span className="max-sm:sr-only"> per page</span>
            </span>
          </Button>
        }
      >
        <MenuRadioGroup
          label="Rows per page"
          value={String(size)}
          onValueChange={(value) => onSize(Number(value))}
          options={sizes.map((each) => ({ value: String(each), label: String(each) }))}
        />
      </Menu>
      <IconButton
        label="Previous page"
        size="icon-sm"
        disabled={page <= 1}
        onClick={() => onPage(far.previous || far.isMore ? page - 1 : Math.min(page, last + 1) - 1, far.previous)}
      >
        <ChevronLeft size={16} aria-hidden="true" />
      </IconButton>
      <IconButton
        label="Next page"
        size="icon-sm"
        disabled={page >= last && !far.next}
        onClick={() => onPage(page + 1, far.next)}
      >
        <ChevronRight size={16} aria-hidden="true" />
      </IconButton>
    </nav>
  )
}
