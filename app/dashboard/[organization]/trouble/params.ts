import { createLoader, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { peekParam } from '#components/ui/peek/peek-param.ts'
import { troubleStates } from '#lib/refusals/plain.ts'

/** The address of the queue: what is shown, how far back, and of which cause. */
export const loadTroubleParams = createLoader({
  state: parseAsStringLiteral(troubleStates).withDefault('open'),
  window: parseAsStringLiteral(['day', 'week'] as const).withDefault('week'),
  cause: parseAsString,
  page: parseAsInteger.withDefault(1),
  open: peekParam,
})
