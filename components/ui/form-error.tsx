'use no memo' // light pages load it, and remembering costs more code than it saves work
import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { Picture } from './picture.tsx'

/** What went wrong with the whole form, read out when it appears; nothing while there is nothing to say. */
export function FormError({ className, children }: { className?: string; children?: ReactNode }) {
  return (
    <div role="alert" className={cx('empty:absolute', className)}>
      {children && (
        <p className="flex gap-2 rounded-control bg-badbg px-3 py-2 font-medium text-bad">
          <Picture size={15} className="mt-0.5 shrink-0">
            <circle cx="12" cy="12" r="10" />
            <path d="M12 8v4m0 4h.01" />
          </Picture>
          <span className="text-pretty">{children}</span>
        </p>
      )}
    </div>
  )
}
