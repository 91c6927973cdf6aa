import { cx } from './cx.ts'

/** A grey shape where something will appear; size it with classes. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('block animate-pulse rounded-xs bg-line2 dark:bg-line', className)} />
}

/** Several lines of it, and the word for screen readers. */
export function SkeletonText({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status" className="grid gap-2.5">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <Skeleton key={line} className={cx('h-3', line === lines - 1 ? 'w-3/5' : 'w-full')} />
      ))}
    </div>
  )
}
