import { Skeleton } from '../skeleton.tsx'
import type { Column } from './column.ts'

const widths = ['w-32', 'w-20', 'w-28', 'w-24', 'w-16', 'w-24', 'w-20', 'w-14']

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)

/** The shape of a list while its rows are on their way, with the columns it shows unless somebody chose others. */
export function TableSkeleton({ columns, rows = 12 }: { columns: readonly Column<never>[]; rows?: number }) {
  const shown = columns.filter(({ hidden }) => !hidden)
  return (
    <div role="status" className="min-w-0 overflow-hidden">
      <span className="sr-only">Loading</span>
      <div className="flex gap-2 px-4 pb-3 sm:px-6">
        <Skeleton className="h-8 w-full rounded-control! sm:w-[300px]" />
        <Skeleton className="h-8 w-20 rounded-control! max-sm:hidden" />
        <Skeleton className="h-8 w-20 rounded-control! max-sm:hidden" />
      </div>
      <div className="border-line border-t max-sm:hidden">
        {upTo(rows + 1).map((row) => (
          <div
            key={row}
            className={
              row === 0
                ? 'flex h-[33px] items-center gap-6 border-line border-b bg-panel px-6'
                : 'flex h-[38px] items-center gap-6 border-line2 border-b px-6'
            }
          >
            {shown.map(({ id }, at) => (
              <span key={id} className="min-w-0 flex-1">
                <Skeleton className={`h-3 max-w-full ${widths[(row * 3 + at) % widths.length]}`} />
              </span>
            ))}
          </div>
        ))}
      </div>
      <div className="grid gap-2 px-4 sm:hidden">
        {upTo(5).map((row) => (
          <div key={row} className="grid gap-2.5 rounded-card border border-line bg-panel px-3.5 py-3.5">
            <Skeleton className="h-3 w-40" />
            <Skeleton className="h-3 w-28" />
            <Skeleton className="h-3 w-52" />
          </div>
        ))}
      </div>
    </div>
  )
}
