import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { type Tone, toneFill } from './tones.ts'

/** A small word on a pale ground: "idle 91 days", "from configuration". */
export function Badge({
  tone = 'plain',
  className,
  children,
}: {
  tone?: Tone
  className?: string
  children: ReactNode
}) {
  return (
    <span
      className={cx(
        'inline-flex items-center whitespace-nowrap rounded-sm px-1.5 py-px font-medium text-xs',
        toneFill[tone],
        className,
      )}
    >
      {children}
    </span>
  )
}
