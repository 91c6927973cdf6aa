'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'
import { FieldContext } from './field-context.ts'

export type FieldProps = {
  label: ReactNode
  description?: ReactNode
  /** The error to show beside the control; of several the first. */
  error?: string | readonly string[]
  optional?: boolean
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean
  className?: string
  children: ReactNode
}

/** A label, one control, its description and its error, tied together for screen readers. */
export function Field({ label, description, error, optional, hideLabel, className, children }: FieldProps) {
  const id = useId()
  const message = typeof error === 'string' ? error : error?.[0]
  const describedBy =
    [message && `${id}-error`, description && `${id}-description`].filter(Boolean).join(' ') || undefined
  return (
    <div className={cx('min-w-0', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'mb-1.5 flex items-baseline gap-2 font-medium'}>
        {label}
        {optional && <span className="font-normal text-mute text-sm">Optional</span>}
      </label>
      <FieldContext value={{ id, describedBy, invalid: Boolean(message) }}>{children}</FieldContext>
      {message && <FieldError id={`${id}-error`}>{message}</FieldError>}
      {description && (
        <p id={`${id}-description`} className="mt-1.5 text-pretty text-mute text-sm">
          {description}
        </p>
      )}
    </div>
  )
}

/** The red sentence beside a control. */
export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="mt-1.5 text-pretty font-medium text-bad text-sm">
      {children}
    </p>
  )
}
