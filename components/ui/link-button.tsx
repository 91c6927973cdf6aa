import type { Route } from 'next'
import type { ReactNode } from 'react'
import { type ButtonSize, type ButtonVariant, buttonLook } from './button-look.ts'

/** A link that looks like a button; pages before the door take it, which load no router for links. */
export const LinkButton = ({
  variant,
  size,
  href,
  children,
}: {
  variant?: ButtonVariant
  size?: ButtonSize
  href: Route
  children: ReactNode
}) => (
  <a href={href} className={buttonLook(variant, size)}>
    {children}
  </a>
)
