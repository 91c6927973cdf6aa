'use client'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './cx.ts'
import { useFieldAttributes } from './field-context.ts'
import { resetTo } from './reset-to.ts'

export type CheckboxProps = Omit<ComponentProps<'input'>, 'type' | 'ref'> & {
  /** Without one, give an `aria-label`. */
  label?: ReactNode
  description?: ReactNode
  indeterminate?: boolean
}

/** A box to tick, with its words beside it. */
export function Checkbox({ label, description, indeterminate = false, className, ...props }: CheckboxProps) {
  const descriptionId = useId()
  const attributes = useFieldAttributes({
    ...props,
    'aria-describedby': description ? descriptionId : props['aria-describedby'],
  })
  const box = (
    <input
      {...props}
      {...attributes}
      type="checkbox"
      ref={(element) => {
        resetTo(props.checked)(element)
        if (element) element.indeterminate = indeterminate
      }}
      className="relative size-4 shrink-0 appearance-none rounded-xs border border-edge bg-raise transition-colors duration-100 after:absolute after:-inset-px after:hidden after:bg-btntx checked:border-btn checked:bg-btn checked:after:block checked:after:[mask:var(--icon-tick)_center/14px_no-repeat] indeterminate:border-btn indeterminate:bg-btn indeterminate:after:block indeterminate:after:[mask:var(--icon-dash)_center/14px_no-repeat] disabled:border-line disabled:bg-line2"
    />
  )
  if (!label) return <span className={cx('inline-flex', className)}>{box}</span>
  const choice = (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box is inside
    <label className={cx('grid grid-cols-[16px_1fr] gap-x-2.5 has-disabled:text-mute', className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span>{label}</span>
    </label>
  )
  if (!description) return choice
  return (
    <div>
      {choice}
      <p id={descriptionId} className="pl-[26px] text-pretty text-mute text-sm">
        {description}
      </p>
    </div>
  )
}
