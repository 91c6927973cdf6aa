'use client'
import { type ReactElement, type ReactNode, Suspense, useRef, useState } from 'react'
import { cx } from './cx.ts'
import { windowTrigger } from './first-use.tsx'
import { later } from './later.ts'

// Loaded when somebody is about to open the first one.
const popup = later(() => import('./dialog-window.tsx'))

export type DialogProps = {
  /** The button that opens it; leave out when `open` is controlled. */
  trigger?: ReactElement
  title: ReactNode
  description?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** Where the page is not in English. */
  closeLabel?: string
  /** Buttons at the lower edge; put a form's buttons inside the form instead. */
  footer?: ReactNode
  children?: ReactNode
}

/** A window over the page; at the lower edge of the screen on a phone. */
export function Dialog({ trigger, open: given, onOpenChange, ...rest }: DialogProps) {
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
          <DialogWindow {...rest} open={open} onOpenChange={change} button={trigger && button} />
        </Suspense>
      )}
    </>
  )
}

const DialogWindow = (props: Parameters<typeof import('./dialog-window.tsx').DialogWindow>[0]) => {
  const part = popup.usePart()
  return <part.DialogWindow {...props} />
}

/** The row of buttons at the end of a dialog; the main one comes last. */
export function DialogFooter({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className={cx('flex flex-wrap items-center justify-end gap-2 max-sm:*:flex-1', className)}>{children}</div>
  )
}

/** Closes the dialog around it; give it a Button. */
export const DialogClose = (props: { children: ReactElement }) => {
  const part = popup.usePart()
  return <part.DialogClose {...props} />
}
