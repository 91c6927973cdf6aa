import type { ReactNode } from 'react'
import { cx } from '#components/ui/cx.ts'

/** The padded content below a page header; with `aside` a second column of facts beside it. */
export function PageBody({
  aside,
  narrow,
  children,
}: {
  aside?: ReactNode
  /** For forms and reading. */
  narrow?: boolean
  children: ReactNode
}) {
  if (!aside)
    return (
      <div
        className={cx('grid w-full grid-cols-1 gap-3.5 px-4 pt-1 pb-8 sm:px-6 [nav+&]:pt-4', narrow && 'max-w-[860px]')}
      >
        {children}
      </div>
    )
  return (
    <div className="grid flex-1 *:pt-1 lg:grid-cols-[minmax(0,1fr)_336px] [nav+&]:*:pt-4">
      <div className="grid min-w-0 grid-cols-1 content-start gap-3.5 px-4 pb-8 sm:px-6">{children}</div>
      <aside className="grid grid-cols-1 content-start gap-3.5 border-line px-4 pb-8 sm:px-6 lg:border-l lg:px-5">
        {aside}
      </aside>
    </div>
  )
}
