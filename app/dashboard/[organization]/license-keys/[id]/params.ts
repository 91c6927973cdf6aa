import { createParser, parseAsStringLiteral } from 'nuqs/server'
import { validatedSpanNames } from '#lib/license-keys/plain.ts'

/** How many events, or refused calls, one press on "Show more" adds. */
export const HISTORY_STEP = 20
export const REFUSALS_STEP = 10
const MOST = 500

const atLeast = (step: number) =>
  createParser({
    parse: (text) => {
      const count = Number.parseInt(text, 10)
      return Number.isNaN(count) ? null : Math.min(MOST, Math.max(step, count))
    },
    serialize: String,
  }).withDefault(step)

/** How much of the key's history, and of its refused calls, the address shows, and how far back its chart reaches. */
export const historyParams = {
  history: atLeast(HISTORY_STEP),
  refusals: atLeast(REFUSALS_STEP),
  span: parseAsStringLiteral(validatedSpanNames).withDefault('week'),
}
