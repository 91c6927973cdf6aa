import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import type { Tone } from './tones.ts'

const grounds = {
  ok: 'bg-okbg text-ok',
  warn: 'bg-warnbg text-warn',
  bad: 'bg-badbg text-bad',
  off: 'bg-offbg text-off',
  accent: 'bg-accentbg text-accent',
  plain: 'bg-line2 text-ink',
} satisfies Record<Tone, string>

/** The sentence that explains a trouble, with its likely fixes as buttons beside it. */
export function Notice({
  tone = 'plain',
  title,
  actions,
  className,
  children,
}: {
  tone?: Tone
  /** The first words, in bold: "Refused 4 times in the last hour:". */
  title?: ReactNode
  actions?: ReactNode
  className?: string
  children?: ReactNode
}) {
  return (
    <div
      className={cx('flex flex-wrap items-center gap-x-4 gap-y-2.5 rounded-[8px] px-3 py-2', grounds[tone], className)}
    >
      <p className="min-w-[min(100%,260px)] flex-1 text-pretty py-0.5">
        {title && <strong className="font-semibold">{title}</strong>} {children}
      </p>
      {actions && <div className="flex flex-wrap gap-1.5">{actions}</div>}
    </div>
  )
}
