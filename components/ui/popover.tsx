'use client'
import type { ReactElement, ReactNode } from 'react'
import { UntilUsed } from './first-use.tsx'
import { later } from './later.ts'

// Loaded when somebody is about to open the first one.
const popup = later(() => import('./popover-popup.tsx'))

export type PopoverProps = {
  trigger: ReactElement
  /** Its name for screen readers. */
  label: string
  align?: 'start' | 'center' | 'end'
  className?: string
  children: ReactNode
}

/** A small panel that opens from a button and holds anything. */
export function Popover(props: PopoverProps) {
  return (
    <UntilUsed trigger={props.trigger} popup="dialog" part={popup}>
      {(first) => <UsedPopover {...props} first={first} />}
    </UntilUsed>
  )
}

const UsedPopover = (props: Parameters<typeof import('./popover-popup.tsx').UsedPopover>[0]) => {
  const part = popup.usePart()
  return <part.UsedPopover {...props} />
}
