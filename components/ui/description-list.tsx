import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** Names and values in two columns. */
export function DescriptionList({ className, children }: { className?: string; children: ReactNode }) {
  return <dl className={cx('grid grid-cols-[112px_minmax(0,1fr)] gap-x-3 gap-y-2', className)}>{children}</dl>
}

/** One name and its value; what is missing shows a dash. */
export function Description({ name, children }: { name: ReactNode; children?: ReactNode }) {
  return (
    <>
      <dt className="min-w-0 text-mute">{name}</dt>
      <dd className="min-w-0 break-words">{children ?? <span className="text-mute">–</span>}</dd>
    </>
  )
}
