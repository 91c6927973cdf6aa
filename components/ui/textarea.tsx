'use client'
import type { ComponentProps } from 'react'
import { cx } from './cx.ts'
import { controlLook, useFieldAttributes } from './field-context.ts'

/** A text box for several lines; grows with what is typed. */
export function Textarea({ className, mono, rows = 4, ...props }: ComponentProps<'textarea'> & { mono?: boolean }) {
  return (
    <textarea
      rows={rows}
      {...props}
      {...useFieldAttributes(props)}
      className={cx(controlLook, 'field-sizing-content block py-1.5', mono && 'font-mono text-sm leading-5', className)}
      style={{ minHeight: `${rows * 20 + 14}px`, ...props.style }}
    />
  )
}
