'use client'
import type { Route } from 'next'
import Link from 'next/link'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './cx.ts'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

const variants = {
  primary:
    'border-btn bg-btn text-btntx shadow-soft not-aria-disabled:hover:bg-btn/88 not-aria-disabled:active:bg-btn/80',
  secondary:
    'border-line bg-raise text-ink shadow-soft not-aria-disabled:hover:bg-hover not-aria-disabled:active:bg-line data-popup-open:bg-hover',
  ghost:
    'border-transparent text-mute not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-ink not-aria-disabled:active:bg-line data-popup-open:bg-hover data-popup-open:text-ink',
  danger:
    'border-bad bg-bad text-btntx shadow-soft not-aria-disabled:hover:bg-bad/88 not-aria-disabled:active:bg-bad/80',
} as const

const sizes = {
  sm: 'h-7 gap-1.5 px-2.5',
  md: 'h-8 gap-1.5 px-3',
  lg: 'h-10 gap-2 px-4 text-md',
  icon: 'size-8',
  'icon-sm': 'size-7',
} as const

export type ButtonVariant = keyof typeof variants
export type ButtonSize = keyof typeof sizes
export type ButtonProps = ComponentProps<'button'> & {
  variant?: ButtonVariant
  size?: ButtonSize
  /** Shows a spinner, keeps the width and ignores presses. */
  loading?: boolean
  /** Why it cannot be pressed now; a set reason disables the button and is shown as its tooltip. */
  disabledReason?: string | false | null
  /** Makes it a link that looks like a button. */
  href?: Route
  target?: string
  children: ReactNode
}

/** A button, or a link that looks like one. */
export function Button({
  variant = 'secondary',
  size = 'md',
  loading = false,
  disabledReason,
  disabled,
  href,
  target,
  className,
  type = 'button',
  children,
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const off = loading || disabled || Boolean(disabledReason)
  const look = cx(
    'relative inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control border font-medium transition-colors duration-100 pointer-coarse:min-h-10',
    'aria-disabled:text-mute aria-disabled:shadow-none',
    variants[variant],
    off && !loading && (variant === 'primary' || variant === 'danger') && 'border-line! bg-line2! text-mute!',
    size.startsWith('icon') && 'pointer-coarse:min-w-10',
    sizes[size],
    className,
  )
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
  if (href && !off)
    return (
      <Link href={href} target={target} className={look} {...(rest as Omit<ComponentProps<'a'>, 'href'>)}>
        {children}
      </Link>
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
