'use client'
import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { type FirstUse, useRepeated } from './first-use.tsx'
import type { MenuCheckboxItemProps, MenuItemProps, MenuProps, MenuRadioGroupProps } from './menu.tsx'
import { popupLook, rowLook } from './popup-look.ts'

/** The menu once it has been used; `first` is repeated on it. */
export function UsedMenu({
  trigger,
  align = 'end',
  side = 'bottom',
  className,
  first,
  children,
}: MenuProps & { first: FirstUse }) {
  const button = useRepeated(first)
  return (
    <Base.Root modal={false}>
      <Base.Trigger ref={button} render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={4} align={align} collisionPadding={8} className="z-50 outline-none">
          <Base.Popup
            className={cx(popupLook, 'scroll-thin max-h-(--available-height) min-w-44 overflow-y-auto p-1', className)}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** One action, or with `href` one link, in a menu. */
export function MenuItem({ href, onSelect, destructive, disabledReason, hint, current, children }: MenuItemProps) {
  const face = (
    <>
      <span className="min-w-0 flex-1">
        {children}
        {disabledReason && <span className="block text-sm">{disabledReason}</span>}
      </span>
      {hint && <span className="shrink-0 text-mute text-sm">{hint}</span>}
      {current && <Check size={14} aria-hidden="true" className="shrink-0 text-accent" />}
    </>
  )
  const look = cx(rowLook, destructive && 'text-bad data-highlighted:bg-badbg')
  if (href && !disabledReason)
    return (
      <Base.LinkItem className={look} closeOnClick aria-current={current || undefined} render={<Link href={href} />}>
        {face}
      </Base.LinkItem>
    )
  return (
    <Base.Item className={look} disabled={Boolean(disabledReason)} onClick={onSelect}>
      {face}
    </Base.Item>
  )
}

/** A switchable entry; the menu stays open. */
export function MenuCheckboxItem({ checked, onCheckedChange, disabled, children }: MenuCheckboxItemProps) {
  return (
    <Base.CheckboxItem
      checked={checked}
      onCheckedChange={(next) => onCheckedChange(next)}
      disabled={disabled}
      closeOnClick={false}
      className={rowLook}
    >
      <CheckSlot>
        <Base.CheckboxItemIndicator>
          <Check size={14} aria-hidden="true" />
        </Base.CheckboxItemIndicator>
      </CheckSlot>
      {children}
    </Base.CheckboxItem>
  )
}

/** Entries of which exactly one is chosen. */
export function MenuRadioGroup({ label, value, onValueChange, options }: MenuRadioGroupProps) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: string) => onValueChange(next)}>
      {label && <Base.GroupLabel className={groupLabel}>{label}</Base.GroupLabel>}
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} closeOnClick className={rowLook}>
          <CheckSlot>
            <Base.RadioItemIndicator>
              <Check size={14} aria-hidden="true" />
            </Base.RadioItemIndicator>
          </CheckSlot>
          {option.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

/** Entries under a small heading. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className={groupLabel}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}

/** A hairline between groups. */
export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line2" />
}

const groupLabel = 'px-2 pt-1.5 pb-1 font-medium text-mute text-xs'

function CheckSlot({ children }: { children: ReactNode }) {
  return <span className="grid size-3.5 shrink-0 place-items-center text-accent">{children}</span>
}
