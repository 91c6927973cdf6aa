import { cx } from './cx.ts'

/** The first letter of a name in a square; decorative, the name stands beside it. */
export function Avatar({
  name,
  size = 22,
  quiet,
}: {
  name: string
  size?: number
  /** Pale instead of ink. */
  quiet?: boolean
}) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'grid shrink-0 select-none place-items-center rounded-[6px] font-semibold',
        quiet ? 'bg-line2 text-mute' : 'bg-ink text-bg',
      )}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.52), borderRadius: Math.round(size * 0.28) }}
    >
      {[...name.trim()][0]?.toUpperCase() ?? '?'}
    </span>
  )
}
