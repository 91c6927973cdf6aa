import { dayText, type Instant } from './relative-time.ts'
import { Tooltip } from './tooltip.tsx'

/** A day as "30 Aug 2027"; the exact instant on hover. */
export function DateText({ value, className }: { value: Instant; className?: string }) {
  return (
    <Tooltip instant={value}>
      <time dateTime={new Date(value).toISOString()} className={className}>
        {dayText(value)}
      </time>
    </Tooltip>
  )
}
