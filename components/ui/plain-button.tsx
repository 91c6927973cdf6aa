'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ComponentProps, type ReactNode, useId } from 'react'
import { type ButtonSize, type ButtonVariant, buttonLook } from './button-look.ts'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

export type PlainButtonProps = ComponentProps<'button'> & {
  variant?: ButtonVariant
  size?: ButtonSize
  /** Shows a spinner, keeps the width and ignores presses. */
  loading?: boolean
  /** Why it cannot be pressed now; a set reason disables the button and is shown as its tooltip. */
  disabledReason?: string | false | null
  children: ReactNode
}

/** A button that is no link; forms before the door take it, which load no router for links. */
export function PlainButton({
  variant,
  size,
  loading = false,
  disabledReason,
  disabled,
  className,
  type = 'button',
  children,
  ...rest
}: PlainButtonProps) {
  const reasonId = useId()
  const off = loading || disabled || Boolean(disabledReason)
  const look = buttonLook(variant, size, className, off && !loading)
  const face = loading ? (
    <>
      <span className="inline-flex items-center gap-1.5 opacity-0">{children}</span>
      <span className="absolute inset-0 grid place-items-center">
        <Spinner />
      </span>
    </>
  ) : (
    children
  )
  // aria-disabled keeps the button reachable by keyboard, so that its reason can be read.
  const button = (
    <button
      {...rest}
      type={off ? 'button' : type}
      onClick={off ? undefined : rest.onClick}
      aria-disabled={off || undefined}
      aria-busy={loading || undefined}
      aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
      className={look}
    >
      {face}
      {disabledReason && (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </button>
  )
  return disabledReason ? <Tooltip content={disabledReason}>{button}</Tooltip> : button
}
