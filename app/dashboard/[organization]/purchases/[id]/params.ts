import { createParser } from 'nuqs/server'
import { peekParam } from '#components/ui/peek/peek-param.ts'

/** How many events one press on "Show more" adds. */
export const HISTORY_STEP = 20
const MOST = 500

/** How much of a purchase's history the address shows. */
export const historyParams = {
  history: createParser({
    parse: (text) => {
      const count = Number.parseInt(text, 10)
      return Number.isNaN(count) ? null : Math.min(MOST, Math.max(HISTORY_STEP, count))
    },
    serialize: String,
  }).withDefault(HISTORY_STEP),
  open: peekParam,
}
