'use client'
import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'
import { FieldError } from './field.tsx'
import { resetTo } from './reset-to.ts'

export type RadioCard = {
  value: string
  label: ReactNode
  description?: ReactNode
  disabled?: boolean
  /** Shown inside the card while it is chosen, for the fields that belong to this choice. */
  children?: ReactNode
}

/** One choice out of a few that each deserve a sentence; arrow keys move, it posts like radio buttons. */
export function RadioCards({
  name,
  label,
  hideLabel,
  description,
  error,
  options,
  defaultValue,
  value,
  onValueChange,
  columns = 1,
  className,
}: {
  name: string
  label: ReactNode
  hideLabel?: boolean
  description?: ReactNode
  error?: string | readonly string[]
  options: readonly RadioCard[]
  defaultValue?: string
  value?: string
  onValueChange?: (value: string) => void
  columns?: 1 | 2 | 3
  className?: string
}) {
  const id = useId()
  const message = typeof error === 'string' ? error : error?.[0]
  return (
    <fieldset
      className={cx('min-w-0', className)}
      aria-describedby={
        [message && `${id}-error`, description && `${id}-description`].filter(Boolean).join(' ') || undefined
      }
    >
      <legend className={hideLabel ? 'sr-only' : 'mb-1.5 font-medium'}>{label}</legend>
      {description && (
        <p id={`${id}-description`} className="-mt-1 mb-2 text-pretty text-mute text-sm">
          {description}
        </p>
      )}
      {/* By the room there is, not by the window: forms have columns and panels beside them. */}
      <div className="@container">
        <div className={cx('grid gap-2', columns === 2 && '@sm:grid-cols-2', columns === 3 && '@lg:grid-cols-3')}>
          {options.map((option, at) => (
            <div
              key={option.value}
              className="group flex flex-col rounded-card border border-line bg-panel shadow-soft transition-colors duration-100 hover:border-edge/60 has-[>label>span>input:checked]:border-ring has-[>label>span>input:checked]:bg-accentbg has-[>label>span>input:focus-visible]:outline-2 has-[>label>span>input:focus-visible]:outline-ring has-[>label>span>input:focus-visible]:outline-offset-2"
            >
              <label className="grid grow grid-cols-[16px_1fr] content-start gap-x-2.5 px-3 py-2.5 has-disabled:text-mute">
                <span className="flex h-5 items-center">
                  <input
                    type="radio"
                    ref={resetTo(value === undefined ? undefined : option.value === value)}
                    name={name}
                    value={option.value}
                    disabled={option.disabled}
                    defaultChecked={value === undefined ? option.value === defaultValue : undefined}
                    checked={value === undefined ? undefined : option.value === value}
                    onChange={() => onValueChange?.(option.value)}
                    aria-labelledby={`${id}-${at}`}
                    aria-describedby={option.description ? `${id}-${at}-description` : undefined}
                    className="size-4 appearance-none rounded-full border border-edge bg-raise outline-none checked:border-[5px] checked:border-btn disabled:border-line disabled:bg-line2"
                  />
                </span>
                <span id={`${id}-${at}`} className="font-medium">
                  {option.label}
                </span>
                {option.description && (
                  <span id={`${id}-${at}-description`} className="col-start-2 text-pretty text-mute text-sm">
                    {option.description}
                  </span>
                )}
              </label>
              {option.children && (
                <div className="hidden px-3 pb-3 pl-[38px] group-has-[>label>span>input:checked]:block">
                  {option.children}
                </div>
              )}
            </div>
          ))}
        </div>
      </div>
      {message && <FieldError id={`${id}-error`}>{message}</FieldError>}
    </fieldset>
  )
}
