import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** Stands where nothing is yet, and says what to do next. */
export function EmptyState({
  title,
  children,
  actions,
  icon,
  className,
}: {
  title: string
  children?: ReactNode
  actions?: ReactNode
  icon?: ReactNode
  className?: string
}) {
  return (
    <div className={cx('flex flex-col items-center justify-center px-6 py-14 text-center', className)}>
      {icon && (
        <div aria-hidden="true" className="mb-3 grid size-10 place-items-center rounded-card bg-line2 text-mute">
          {icon}
        </div>
      )}
      <p className="font-medium text-md">{title}</p>
      {children && <div className="mt-1 max-w-[44ch] text-balance text-mute">{children}</div>}
      {actions && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
