'use client'
import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { isPeek, usePeek } from './use-peek.ts'

/** A link to the page of a thing in a list, which opens it at the side of the list where there is room. */
export function PeekLink({
  id,
  href,
  className,
  children,
}: {
  id: string
  href: Route
  className?: string
  children: ReactNode
}) {
  const peek = usePeek()
  return (
    <Link
      href={href}
      prefetch={false}
      data-peek={id}
      aria-current={peek.id === id || undefined}
      className={className}
      onClick={(event) => {
        if (!isPeek(event)) return
        event.preventDefault()
        peek.open(id)
      }}
    >
      {children}
    </Link>
  )
}
