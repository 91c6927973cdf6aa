import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A panel with hairlines; holds a header, bodies, tables and rows. */
export function Card({
  as: As = 'section',
  className,
  children,
}: {
  as?: 'section' | 'div' | 'li' | 'article'
  className?: string
  children: ReactNode
}) {
  return (
    <As className={cx('min-w-0 overflow-clip rounded-card border border-line bg-panel shadow-soft', className)}>
      {children}
    </As>
  )
}

/** The title of a card, and at its right edge a word, a limit or a button. */
export function CardHeader({ title, level = 2, children }: { title: ReactNode; level?: 2 | 3; children?: ReactNode }) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <div className="flex min-h-[41px] items-center justify-between gap-3 border-line2 border-b px-3.5 py-1.5 last:border-b-0">
      <Heading className="font-medium">{title}</Heading>
      {children && (
        <div className="flex items-center gap-2 text-mute has-[>:is(a,button):last-child]:-mr-2">{children}</div>
      )}
    </div>
  )
}

/** Padded content of a card. */
export function CardBody({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cx('px-3.5 py-3', className)}>{children}</div>
}

/** One line of a list inside a card: words at the left, `children` at the right. */
export function CardRow({
  title,
  detail,
  icon,
  children,
}: {
  title: ReactNode
  detail?: ReactNode
  icon?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="flex items-center gap-3 border-line2 border-b px-3.5 py-2.5 last:border-b-0">
      {icon}
      <div className="min-w-0 flex-1">
        <div className="truncate">{title}</div>
        {detail && <div className="truncate text-mute">{detail}</div>}
      </div>
      {children && <div className="flex shrink-0 items-center gap-2">{children}</div>}
    </div>
  )
}
