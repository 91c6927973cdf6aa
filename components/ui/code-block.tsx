import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import { cx } from './cx.ts'

/** Code or a command in a box, with a button that copies it. */
export function CodeBlock({
  code,
  title,
  wrap,
  scroll,
  className,
  children,
}: {
  /** What is copied, and shown unless `children` are. */
  code: string
  /** Says what it is: "Validate a key". */
  title?: string
  wrap?: boolean
  /** Long programs scroll inside the box. */
  scroll?: boolean
  className?: string
  /** The same text, coloured. */
  children?: ReactNode
}) {
  return (
    <figure
      className={cx(
        'group relative flex min-w-0 flex-wrap overflow-hidden rounded-[8px] border border-line bg-line2',
        className,
      )}
    >
      {title && (
        <figcaption className="flex min-h-8 w-full items-center border-line border-b px-3 pr-10 font-medium text-sm">
          {title}
        </figcaption>
      )}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className={cx(
          'scroll-thin min-w-0 flex-1 overflow-auto px-3 py-2.5 font-mono text-sm leading-5 focus-visible:-outline-offset-2',
          wrap && 'whitespace-pre-wrap break-all',
          scroll && 'max-h-[560px]',
        )}
      >
        <code>{children ?? code}</code>
      </pre>
      <CopyButton
        value={code}
        label={title ? `Copy: ${title}` : 'Copy code'}
        // Beside the code, never over it.
        className={title ? 'absolute! top-0.5 right-1' : 'mx-1 my-1.5 shrink-0'}
      />
    </figure>
  )
}
