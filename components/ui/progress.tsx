import { cx } from './cx.ts'

/** How far something long is; without `max` only that it goes on. */
export function Progress({ label, value, max }: { label: string; value: number; max: number | null }) {
  const share = max ? Math.min(1, value / max) : null
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max ?? undefined}
      aria-valuenow={max ? value : undefined}
      className="block h-1.5 w-full overflow-hidden rounded-full bg-barbg"
    >
      <span
        className={cx(
          'block h-full rounded-full bg-bar transition-[width] duration-500',
          share === null && 'w-1/3 animate-pulse',
        )}
        style={share === null ? undefined : { width: `${share * 100}%` }}
      />
    </span>
  )
}
