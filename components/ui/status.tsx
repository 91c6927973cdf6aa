import { cx } from './cx.ts'
import { type Tone, toneText } from './tones.ts'

/** A state as a dot and a word. */
export function Status({ tone, label, className }: { tone: Tone; label: string; className?: string }) {
  return (
    <span className={cx('inline-flex items-baseline gap-1.5 whitespace-nowrap font-medium', toneText[tone], className)}>
      <span aria-hidden="true" className="size-[7px] shrink-0 self-center rounded-full bg-current" />
      {label}
    </span>
  )
}
