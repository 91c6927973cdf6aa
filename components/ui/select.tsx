'use client'
import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useRef } from 'react'
import { cx } from './cx.ts'
import { controlLook, useFieldAttributes } from './field-context.ts'
import { popupLook } from './popup-look.ts'
import { tellForm } from './tell-form.ts'

export type SelectItem = { value: string; label: string; description?: string; disabled?: boolean }
export type SelectProps = {
  items: readonly SelectItem[]
  name?: string
  defaultValue?: string
  value?: string | null
  onValueChange?: (value: string) => void
  /** Opens as soon as it is there. */
  defaultOpen?: boolean
  placeholder?: string
  required?: boolean
  disabled?: boolean
  className?: string
  'aria-label'?: string
}

/** Chooses one of a few; posts its value under `name` in a plain form. */
export function Select({
  items,
  onValueChange,
  placeholder = 'Choose…',
  className,
  'aria-label': label,
  ...props
}: SelectProps) {
  const { id, ...attributes } = useFieldAttributes({})
  const trigger = useRef<HTMLButtonElement>(null)
  return (
    <Base.Root
      {...props}
      id={id}
      items={items as SelectItem[]}
      onValueChange={(value) => {
        if (value === null) return
        onValueChange?.(value)
        tellForm(trigger.current, props.name)
      }}
    >
      <Base.Trigger
        {...attributes}
        ref={trigger}
        aria-label={label}
        className={cx(
          controlLook,
          'flex h-8 items-center justify-between gap-2 pr-2 text-left data-popup-open:border-ring',
          className,
        )}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-mute" />
        <Base.Icon className="shrink-0 text-mute">
          <ChevronsUpDown size={13} aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          align="start"
          sideOffset={4}
          alignItemWithTrigger={false}
          collisionPadding={8}
          className="z-50 outline-none"
        >
          <Base.Popup className={cx(popupLook, 'min-w-(--anchor-width) max-w-[min(420px,var(--available-width))]')}>
            <Base.List className="scroll-thin max-h-(--available-height) overflow-y-auto p-1">
              {items.map((item) => (
                <Base.Item
                  key={item.value}
                  value={item.value}
                  disabled={item.disabled}
                  className="grid min-h-8 grid-cols-[1fr_16px] items-center gap-3 rounded-sm px-2 py-1.5 outline-none data-disabled:text-mute data-highlighted:bg-hover pointer-coarse:min-h-10"
                >
                  <span className="min-w-0">
                    <Base.ItemText>{item.label}</Base.ItemText>
                    {item.description && <span className="block text-mute text-sm">{item.description}</span>}
                  </span>
                  <Base.ItemIndicator className="text-accent">
                    <Check size={14} aria-hidden="true" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
