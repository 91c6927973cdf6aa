'use client'
import { type ReactElement, type ReactNode, Suspense, useRef, useState } from 'react'
import { windowTrigger } from './first-use.tsx'
import { later } from './later.ts'

// Loaded when somebody is about to open the first one.
const popup = later(() => import('./drawer-window.tsx'))

export type DrawerProps = {
  trigger?: ReactElement
  title: ReactNode
  hideTitle?: boolean
  side?: 'left' | 'right'
  open?: boolean
  onOpenChange?: (open: boolean) => void
  footer?: ReactNode
  children: ReactNode
}

/** A panel from the edge of the screen, beside what it belongs to; can be swiped away. */
export function Drawer({ trigger, open: given, onOpenChange, ...rest }: DrawerProps) {
  const [own, setOwn] = useState(false)
  const open = given ?? own
  // Stays once it has been open, so that it can close in its own time.
  const [needed, setNeeded] = useState(open)
  if (open && !needed) setNeeded(true)
  const button = useRef<HTMLButtonElement>(null)
  const change = (next: boolean) => {
    setOwn(next)
    onOpenChange?.(next)
  }
  return (
    <>
      {trigger && windowTrigger(trigger, button, open, () => change(true), popup.hint)}
      {needed && (
        <Suspense>
          <DrawerWindow {...rest} open={open} onOpenChange={change} button={trigger && button} />
        </Suspense>
      )}
    </>
  )
}

const DrawerWindow = (props: Parameters<typeof import('./drawer-window.tsx').DrawerWindow>[0]) => {
  const part = popup.usePart()
  return <part.DrawerWindow {...props} />
}
