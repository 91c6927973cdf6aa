import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

/** What went wrong with the whole form, read out when it appears; nothing while there is nothing to say. */
export function FormError({ children }: { children?: ReactNode }) {
  return (
    <div role="alert" className="empty:absolute">
      {children && (
        <p className="flex gap-2 rounded-control bg-badbg px-3 py-2 font-medium text-bad">
          <CircleAlert size={15} aria-hidden="true" className="mt-0.5 shrink-0" />
          <span className="text-pretty">{children}</span>
        </p>
      )}
    </div>
  )
}
