import { createLoader, createParser, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { type Simulation, Simulation as SimulationShape } from '#lib/refusals/schema.ts'

/** What a choice is called where nothing is chosen. */
export const NONE = 'none'

// What is not chosen is left out of addresses that are links, and NONE in those that the form makes.
const parseAsChoice = createParser({ parse: (text) => (text === NONE ? '' : text), serialize: String }).withDefault('')

/** The call that the address asks about. */
export const loadSimulationParams = createLoader({
  verb: parseAsStringLiteral(['validate', 'activate'] as const).withDefault('validate'),
  /** A moment in UTC, to the minute. */
  at: parseAsString,
  /** An activation's id, NEW_DEVICE, or empty where none is named. */
  device: parseAsChoice,
  fingerprint: parseAsString.withDefault(''),
  replace: parseAsChoice,
  conditions: parseAsString.withDefault(''),
  product: parseAsChoice,
  configuration: parseAsChoice,
  customer: parseAsChoice,
  entitlements: parseAsString.withDefault(''),
  uses: parseAsInteger.withDefault(0),
})

export type SimulationQuery = Awaited<ReturnType<typeof loadSimulationParams>>

/** A device that the key does not know yet. */
export const NEW_DEVICE = 'new'

// An activation names a device by its fingerprint, a validation by its id, too.
function deviceOf({ verb, device, fingerprint }: SimulationQuery, devices: readonly Device[]) {
  if (device === NEW_DEVICE) return { fingerprint: fingerprint || 'a new device' }
  const known = devices.find(({ id }) => id === device)
  if (verb === 'activate') return { fingerprint: fingerprint || known?.fingerprint || undefined }
  return { activation_id: device || undefined, fingerprint: fingerprint || undefined }
}

type Device = { id: string; fingerprint: string | null }

/** The call, or what about the query is no call, by field. */
export function callOf(
  query: SimulationQuery,
  devices: readonly Device[],
): { call: Simulation } | { errors: Partial<Record<keyof SimulationQuery, string>> } {
  const errors: Partial<Record<keyof SimulationQuery, string>> = {}
  const at = query.at ? new Date(`${query.at}${query.at.endsWith('Z') ? '' : 'Z'}`) : null
  if (at && Number.isNaN(at.getTime())) errors.at = 'Enter a date and a time.'
  let conditions: unknown
  try {
    conditions = query.conditions.trim() ? JSON.parse(query.conditions) : undefined
  } catch {
    errors.conditions = 'Enter a JSON object, such as {"major": 5}.'
  }
  if (Object.keys(errors).length > 0) return { errors }
  const parsed = SimulationShape.safeParse({
    ...{ verb: query.verb, at, conditions },
    ...deviceOf(query, devices),
    replace_activation_id: query.replace || undefined,
    product_id: query.product || undefined,
    benefit_id: query.configuration || undefined,
    customer_id: query.customer || undefined,
    entitlements: query.entitlements
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    increment_usage: query.uses,
  })
  if (parsed.success) return { call: parsed.data }
  for (const { path, message } of parsed.error.issues) errors[fields[String(path[0])] ?? 'conditions'] = message
  return { errors }
}

const fields: Record<string, keyof SimulationQuery> = {
  ...{ at: 'at', activation_id: 'device', fingerprint: 'fingerprint', replace_activation_id: 'replace' },
  ...{ conditions: 'conditions', product_id: 'product', benefit_id: 'configuration', customer_id: 'customer' },
  ...{ entitlements: 'entitlements', increment_usage: 'uses' },
}
