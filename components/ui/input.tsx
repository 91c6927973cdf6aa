'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { controlLook, useFieldAttributes } from './field-context.ts'

export type InputProps = ComponentProps<'input'> & {
  /** For keys, ids and prefixes. */
  mono?: boolean
  /** Words or an icon inside the box, before and after what is typed. */
  before?: ReactNode
  after?: ReactNode
}

/** A one-line text box. */
export function Input({ mono, before, after, className, ...props }: InputProps) {
  const attributes = useFieldAttributes(props)
  const look = cx(mono && 'font-mono text-sm', 'h-8')
  if (!before && !after) return <input {...props} {...attributes} className={cx(controlLook, look, className)} />
  return (
    <span
      className={cx(
        'flex h-8 items-center overflow-hidden rounded-control border border-line bg-raise text-mute shadow-soft hover:border-edge/60 focus-within:border-ring focus-within:outline focus-within:outline-1 focus-within:outline-ring has-aria-invalid:border-bad has-disabled:bg-line2 pointer-coarse:min-h-10',
        className,
      )}
    >
      {before && <span className="shrink-0 pl-2.5">{before}</span>}
      <input
        {...props}
        {...attributes}
        className={cx(
          look,
          'w-full min-w-0 bg-transparent px-2.5 text-ink outline-none',
          before !== undefined && 'pl-2',
        )}
      />
      {after && <span className="shrink-0 pr-2.5">{after}</span>}
    </span>
  )
}
