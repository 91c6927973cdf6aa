import { cx } from './cx.ts'

/** A grey shape where something will appear; size it with classes. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('block animate-pulse rounded-xs bg-line2 dark:bg-line', className)} />
}
