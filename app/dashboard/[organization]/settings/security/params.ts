import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { type SecurityGroup, securityGroups } from '#lib/events/plain.ts'
import { dayParams } from '../../day-params.ts'

const groups = Object.keys(securityGroups) as SecurityGroup[]

/** The address of the security log. */
export const securityParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  ...dayParams,
  what: filterParam(groups),
}

export const loadSecurityParams = createLoader(securityParams)
