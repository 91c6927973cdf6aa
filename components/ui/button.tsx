'use client'
import type { Route } from 'next'
import Link from 'next/link'
import type { ComponentProps } from 'react'
import { buttonLook } from './button-look.ts'
import { PlainButton, type PlainButtonProps } from './plain-button.tsx'

export type { ButtonSize, ButtonVariant } from './button-look.ts'
export type ButtonProps = PlainButtonProps & {
  /** Makes it a link that looks like a button. */
  href?: Route
  target?: string
}

/** A button, or a link that looks like one. */
export function Button({ href, target, ...props }: ButtonProps) {
  if (!href || props.loading || props.disabled || props.disabledReason) return <PlainButton {...props} />
  const { variant, size, className, children, loading, disabled, disabledReason, type, ...rest } = props
  return (
    <Link
      href={href}
      target={target}
      className={buttonLook(variant, size, className)}
      {...(rest as Omit<ComponentProps<'a'>, 'href'>)}
    >
      {children}
    </Link>
  )
}
