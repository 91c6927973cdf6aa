import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { peekParam } from '#components/ui/peek/peek-param.ts'
import { levels, riskSorts } from '#lib/misuse/plain.ts'

/** The address of the list of keys by risk. */
export const riskParams = {
  ...listParams({ sort: riskSorts, by: 'score' }),
  level: filterParam(levels),
  open: peekParam,
}

export const loadRiskParams = createLoader(riskParams)
