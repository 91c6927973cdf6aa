import { cx } from './cx.ts'
import { numberText } from './number-text.ts'

/** How much of a limit is used: a short bar and "2 of 3"; red when that locks somebody out, only words when there is no limit. */
export function Meter({
  label,
  used,
  limit,
  wide,
  harms = false,
  words: own,
  className,
}: {
  /** What is counted, for screen readers: "Devices". */
  label: string
  used: number
  /** `null` means unlimited. */
  limit: number | null
  /** The bar below the words, as wide as there is room. */
  wide?: boolean
  /** Full, and somebody is refused for it. */
  harms?: boolean
  /** Where the page is not in English. */
  words?: string
  className?: string
}) {
  if (limit === null)
    return (
      <span className={cx('whitespace-nowrap text-mute', className)}>
        {own ?? (
          <>
            {used > 0 && <span className="text-ink">{numberText(used)}, </span>}
            unlimited
          </>
        )}
      </span>
    )
  const share = limit > 0 ? Math.min(1, used / limit) : 1
  const words = own ?? `${numberText(used)} of ${numberText(limit)}`
  return (
    <span className={cx(wide ? 'flex flex-col-reverse gap-2' : 'whitespace-nowrap', className)}>
      {/* biome-ignore lint/a11y/useSemanticElements: the native meter cannot be styled alike everywhere */}
      <span
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(limit, used)}
        aria-valuenow={used}
        aria-valuetext={words}
        className={cx(
          'overflow-hidden rounded-full bg-barbg',
          wide ? 'block h-1.5 w-full' : 'mr-2 inline-block h-1 w-[52px] align-middle sm:@max-[700px]/list:hidden',
        )}
      >
        <span
          className={cx('block h-full rounded-full', harms ? 'bg-bad' : 'bg-bar')}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className={harms && wide ? 'text-bad' : undefined}>{words}</span>
    </span>
  )
}
