'use client'
import type { Route } from 'next'
import type { ReactElement, ReactNode } from 'react'
import { UntilUsed } from './first-use.tsx'
import { later } from './later.ts'

// Loaded when somebody is about to open the first menu. Entries are only ever shown inside an open one.
const popup = later(() => import('./menu-popup.tsx'))

export type MenuProps = {
  trigger: ReactElement
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom'
  className?: string
  children: ReactNode
}

/** A list of actions that opens from a button. */
export function Menu(props: MenuProps) {
  return (
    <UntilUsed trigger={props.trigger} popup="menu" part={popup}>
      {(first) => <UsedMenu {...props} first={first} />}
    </UntilUsed>
  )
}

const UsedMenu = (props: Parameters<Popup['UsedMenu']>[0]) => {
  const part = popup.usePart()
  return <part.UsedMenu {...props} />
}

export type MenuItemProps = {
  href?: Route
  onSelect?: () => void
  destructive?: boolean
  /** Why it cannot be chosen now; shown below its words. */
  disabledReason?: string | false | null
  /** A word or shortcut at the right edge. */
  hint?: ReactNode
  /** Marks the chosen one of several. */
  current?: boolean
  children: ReactNode
}

/** One action, or with `href` one link, in a menu. */
export const MenuItem = (props: MenuItemProps) => {
  const part = popup.usePart()
  return <part.MenuItem {...props} />
}

export type MenuCheckboxItemProps = {
  checked: boolean
  onCheckedChange: (checked: boolean) => void
  disabled?: boolean
  children: ReactNode
}

/** A switchable entry; the menu stays open. */
export const MenuCheckboxItem = (props: MenuCheckboxItemProps) => {
  const part = popup.usePart()
  return <part.MenuCheckboxItem {...props} />
}

export type MenuRadioGroupProps = {
  label?: string
  value: string
  onValueChange: (value: string) => void
  options: readonly { value: string; label: ReactNode }[]
}

/** Entries of which exactly one is chosen. */
export const MenuRadioGroup = (props: MenuRadioGroupProps) => {
  const part = popup.usePart()
  return <part.MenuRadioGroup {...props} />
}

/** Entries under a small heading. */
export const MenuGroup = (props: { label: ReactNode; children: ReactNode }) => {
  const part = popup.usePart()
  return <part.MenuGroup {...props} />
}

/** A hairline between groups. */
export const MenuSeparator = () => {
  const part = popup.usePart()
  return <part.MenuSeparator />
}

type Popup = typeof import('./menu-popup.tsx')
