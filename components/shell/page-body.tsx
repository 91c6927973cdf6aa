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
    // By the room there is, not by the window: the sidebar takes its share of that.
    <div className="@container flex flex-1 flex-col">
      <div className="grid grid-cols-[minmax(0,1fr)] flex-1 *:pt-1 @5xl:grid-cols-[minmax(0,1fr)_336px] [nav+div>&]:*:pt-4">
        <div className="grid min-w-0 grid-cols-1 content-start gap-3.5 px-4 pb-8 sm:px-6">{children}</div>
        <aside className="grid min-w-0 grid-cols-1 content-start gap-3.5 border-line px-4 pb-8 sm:px-6 @5xl:border-l @5xl:px-5">
          {aside}
        </aside>
      </div>
    </div>
  )
}
