'use client'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { useFieldAttributes } from './field-context.ts'
import { resetTo } from './reset-to.ts'

/** A setting that is on or off; in a form it posts like a checkbox. */
export function Switch({
  label,
  description,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'type' | 'role' | 'ref'> & { label: ReactNode; description?: ReactNode }) {
  const descriptionId = useId()
  const attributes = useFieldAttributes({ ...props, 'aria-describedby': description ? descriptionId : undefined })
  return (
    <div className={className}>
      <label className="flex items-center justify-between gap-4 has-disabled:text-mute">
        <span className="font-medium">{label}</span>
        <input
          {...props}
          {...attributes}
          type="checkbox"
          ref={resetTo(props.checked)}
          // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox tells its own state
          role="switch"
          className="relative h-[18px] w-8 shrink-0 appearance-none rounded-full bg-edge transition-colors duration-150 after:absolute after:top-0.5 after:left-0.5 after:size-3.5 after:rounded-full after:bg-panel after:transition-transform after:duration-150 checked:bg-btn checked:after:translate-x-3.5 disabled:bg-line"
        />
      </label>
      {description && (
        <p id={descriptionId} className="mt-0.5 mr-12 text-pretty text-mute text-sm">
          {description}
        </p>
      )}
    </div>
  )
}
