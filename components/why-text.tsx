import { cx } from '#components/ui/cx.ts'
import type { Trouble } from '#lib/license-keys/refusals.ts'

const times = (count: number) => (count === 1 ? 'refused once' : `refused ${count.toLocaleString('en')}×`)

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** Why a key is refused, in a few words: red for what locks somebody out now, quiet for what only says who switched it off. */
export function WhyText({ troubles, className }: { troubles: Trouble[]; className?: string }) {
  const [first, ...more] = troubles
  if (!first) return null
  const all = troubles.map((trouble) => capital(trouble.why)).join(' ')
  const rest = more.length > 0 ? `, +${more.length}` : ''
  return (
    <span className={cx('text-sm', first.harms ? 'font-medium text-bad' : 'text-mute', className)} title={all}>
      {first.harms ? `${times(first.times)}: ${first.short}${rest}` : capital(first.why)}
    </span>
  )
}
