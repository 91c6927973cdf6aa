import { createLoader, type inferParserType, parseAsString } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { DAY_MS } from '#lib/base/days.ts'
import type { SecurityFilter } from '#lib/events/queries.ts'
import { type SecurityGroup, securityGroups } from '#lib/events/schema.ts'

const groups = Object.keys(securityGroups) as SecurityGroup[]

/** The address of the security log. `from` and `to` are days, both included. */
export const securityParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  what: filterParam(groups),
  from: parseAsString.withDefault(''),
  to: parseAsString.withDefault(''),
}

export const loadSecurityParams = createLoader(securityParams)

/** Which events the address asks for. */
export function securityFilter({ q, what, from, to }: inferParserType<typeof securityParams>): SecurityFilter {
  const [first, last] = [dayOf(from), dayOf(to)]
  return {
    q,
    groups: what,
    ...(first && { from: first }),
    ...(last && { to: new Date(last.getTime() + DAY_MS) }),
  }
}

// Anything may stand in an address.
function dayOf(text: string): Date | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return day && !Number.isNaN(day.getTime()) ? day : undefined
}
