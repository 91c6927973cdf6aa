'use client'
import { useRouter } from 'next/navigation'
import { Button } from '../button.tsx'
import { cx } from '../cx.ts'
import { EmptyState } from '../empty-state.tsx'
import { numberText } from '../number-text.ts'
import { useListOptions } from './list-transition.ts'

/** Stands where rows would be: the page lies behind the last one, or nothing matches. */
export function NoRows({
  isBehindLast,
  numbered,
  onPage,
  pending,
}: {
  isBehindLast: boolean
  /** The last page from here that is found by its number; null when there is no such page at all. */
  numbered: number | null
  onPage: (page: number) => void
  pending: boolean
}) {
  const router = useRouter()
  const { startTransition } = useListOptions()
  return (
    <div className={cx('flex flex-1 flex-col justify-center border-line border-t', pending && 'opacity-60 delay-200')}>
      {isBehindLast && numbered ? (
        <EmptyState
          title="This page is too far to find by its number"
          actions={<Button onClick={() => onPage(numbered)}>Go to page {numberText(numbered)}</Button>}
        >
          Go on from there page by page, or narrow the list.
        </EmptyState>
      ) : isBehindLast ? (
        <EmptyState
          title="There is no such page"
          actions={<Button onClick={() => onPage(1)}>Go to the first page</Button>}
        >
          The list has gotten shorter.
        </EmptyState>
      ) : (
        <EmptyState
          title="Nothing matches"
          actions={
            // The same page with an address that asks for nothing.
            <Button onClick={() => startTransition(() => router.push('?'))}>Clear search and filters</Button>
          }
        >
          No rows match both the search and the filters.
        </EmptyState>
      )}
    </div>
  )
}
