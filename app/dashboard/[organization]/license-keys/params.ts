import { createLoader, type inferParserType } from 'nuqs/server'
import { filterParam, idFilterParam, listParams } from '#components/ui/data-table/list-params.ts'
import type { LicenseKeyFilter, LicenseKeyListParams } from '#lib/license-keys/list.ts'
import { type LicenseKeySort, licenseKeySorts, shownStatuses } from '#lib/license-keys/schema.ts'

/** The address of the list of keys. */
export const keyParams = {
  ...listParams({ sort: licenseKeySorts, by: 'createdAt' }),
  status: filterParam(shownStatuses),
  configuration: idFilterParam,
  product: idFilterParam,
  devices: filterParam(['limit', 'refused']),
  import: idFilterParam,
}

export const loadKeyParams = createLoader(keyParams)

type KeyParams = inferParserType<typeof keyParams>

/** Which part of the list the address asks for. */
export const keyOrder = ({ page, size, sort, dir }: KeyParams): LicenseKeyListParams => ({
  page,
  size,
  sort: sort as LicenseKeySort, // one of licenseKeySorts: the parser knows no other
  dir,
})

/** Which keys the address asks for. */
export const keyFilter = (params: KeyParams): LicenseKeyFilter => ({
  q: params.q,
  statuses: params.status,
  configurationIds: params.configuration,
  productIds: params.product,
  importId: params.import[0],
  atLimit: params.devices.includes('limit'),
  refused: params.devices.includes('refused'),
})
