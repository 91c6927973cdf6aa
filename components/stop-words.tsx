import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { DAY_MS } from '#lib/base/days.ts'

/** What stops working with some keys. */
export type Stopped = {
  keys: number
  devices: number
  /** Whose the devices are: an address, or "3 customers". */
  of: string
  /** Validations without a device: today, and in the last seven days. */
  today: number
  week: number
  lastValidatedAt: Date | null
}

const WEEK_MS = 7 * DAY_MS

/** Who is affected when keys stop, devices and software that names no device. Says "nobody" only when that is known. */
export function StopWords({ keys, devices, of, today, week, lastValidatedAt, now }: Stopped & { now: Date }) {
  const they = keys === 1 ? 'It was' : 'They were'
  const lately = lastValidatedAt !== null && now.getTime() - lastValidatedAt.getTime() < WEEK_MS
  const last = lastValidatedAt && (
    <>
      , last <Time value={lastValidatedAt} now={now} />
    </>
  )
  return (
    <>
      {devices > 0 && (
        <>
          <b>{countText(devices, 'active device')}</b> of {of} will be refused from the next validation on.{' '}
        </>
      )}
      {week > 0 ? (
        <>
          {they} {devices > 0 && 'also '}validated{' '}
          <b>{today > 0 ? `${countText(today, 'time')} today` : `${countText(week, 'time')} in the last seven days`}</b>{' '}
          without a device{last}: that software is refused, too.
        </>
      ) : devices > 0 ? null : lately ? (
        <>
          No device is activated, but {keys === 1 ? 'it was' : 'they were'} validated{last}: that software is refused
          from the next validation on.
        </>
      ) : (
        <>
          Nobody is affected now: no device is activated, and nothing has validated {keys === 1 ? 'it' : 'them'} in the
          last seven days.
        </>
      )}
    </>
  )
}
