import type { Words } from '#lib/words/en.ts'
import { agoFor, momentFor, shortDayFor } from '#lib/words/rules.ts'

type Moment = { value: Date; words: Words; zone: string }

/** A day in its reader's words, the minute on hover. */
export const Day = ({ value, words, zone }: Moment) => (
  <time dateTime={value.toISOString()} title={momentFor(words, value, zone)}>
    {shortDayFor(words, value, zone)}
  </time>
)

/** How long ago, the minute on hover. */
export const Ago = ({ value, words, zone, now }: Moment & { now: Date }) => (
  <time dateTime={value.toISOString()} title={momentFor(words, value, zone)}>
    {agoFor(words, value, now)}
  </time>
)
