import { createLoader, type inferParserType, parseAsStringLiteral } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import type { ActivationFilter } from '#lib/activations/list.ts'
import { type ActivationSort, activationSorts } from '#lib/activations/schema.ts'

/** The address of the list of activations; live ones unless asked otherwise. */
export const activationParams = {
  ...listParams({ sort: activationSorts, by: 'createdAt' }),
  state: filterParam(['deactivated', 'all']),
  idle: parseAsStringLiteral(['30', '60', '90']),
}

export const loadActivationParams = createLoader(activationParams)

type ActivationParams = inferParserType<typeof activationParams>

/** Which part of the list the address asks for. */
export const activationOrder = ({ page, size, sort, dir }: ActivationParams) => ({
  page,
  size,
  sort: sort as ActivationSort, // one of activationSorts: the parser knows no other
  dir,
})

/** Which activations the address asks for. */
export const activationFilter = ({ q, state, idle }: ActivationParams): ActivationFilter => ({
  q,
  state: state[0] ?? 'live',
  idleDays: idle ? Number(idle) : undefined,
})
