import { exactTime } from '#components/ui/relative-time.ts'

/** An instant to the minute: "30 Aug 2027, 14:03 UTC". */
export function Moment({ at }: { at: Date }) {
  return <time dateTime={at.toISOString()}>{exactTime(at).replace(/:\d\d UTC$/, ' UTC')}</time>
}
