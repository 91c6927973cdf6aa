import type { ReactNode } from 'react'

/** The name of a key on the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-grid h-[18px] min-w-[18px] place-items-center rounded-xs border border-line bg-raise px-1 font-sans text-mute text-xs">
      {children}
    </kbd>
  )
}
