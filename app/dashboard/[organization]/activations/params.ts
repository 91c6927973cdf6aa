import { createLoader, parseAsStringLiteral } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { activationSorts } from '#lib/activations/plain.ts'

/** The address of the list of activations; live ones unless asked otherwise. */
export const activationParams = {
  ...listParams({ sort: activationSorts, by: 'createdAt' }),
  state: filterParam(['deactivated', 'all']),
  idle: parseAsStringLiteral(['30', '60', '90']),
}

export const loadActivationParams = createLoader(activationParams)
