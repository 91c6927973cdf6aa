import { z } from 'zod'
import { Text } from '../../base/json.ts'
import { INT4_MAX } from '../../base/numbers.ts'
import type { Parts } from '../../operations/line.ts'
import { momentIn } from '../../operations/spelling.ts'
import { type Version, versions } from './write.ts'

// Polar's requests. What Polar itself would refuse is refused here, under Polar's names: `path`, `query` or `body` and the field.

/** The version of the API the client speaks. */
export const versionOf = ({ header }: Pick<Parts, 'header'>): Version => {
  const sent = header('polar-version')
  return versions.find((version) => version === sent) ?? versions[0]
}

// ---------------------------------------------------------------- license calls

type Fields = Record<string, unknown>

// A body that is no object is left as it is: the call says so.
const fieldsOf = (body: unknown): Fields | null =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : null

const KEY_MAX = 512

// Polar looks any text up and finds no key, also in nothing or a whole mail; a space is no key either.
const keyOf = (key: unknown) => (typeof key === 'string' && (key === '' || key.length > KEY_MAX) ? ' ' : key)

// Polar's clients always say whose key it is.
const organizationOf = (id: unknown) => id ?? undefined

const LABEL_MAX = 256

// Polar takes any label, also none or a page of text; a device is not refused because of its name.
function labelOf(label: unknown): unknown {
  if (typeof label !== 'string') return label
  return label === '' ? 'Unnamed device' : label.slice(0, LABEL_MAX).replace(/[\ud800-\udbff]$/, '')
}

/** A validation; what Polar does not know of (fingerprints, entitlements) is not read. */
export function readValidate({ body }: Parts): unknown {
  const sent = fieldsOf(body)
  if (!sent) return body
  return {
    key: keyOf(sent.key),
    organization_id: organizationOf(sent.organization_id),
    activation_id: sent.activation_id,
    benefit_id: sent.benefit_id,
    customer_id: sent.customer_id,
    increment_usage: sent.increment_usage,
    conditions: sent.conditions,
  }
}

/** An activation. */
export function readActivate({ body }: Parts): unknown {
  const sent = fieldsOf(body)
  if (!sent) return body
  return {
    key: keyOf(sent.key),
    organization_id: organizationOf(sent.organization_id),
    label: labelOf(sent.label),
    conditions: sent.conditions,
    meta: sent.meta,
  }
}

/** A deactivation. */
export function readDeactivate({ body }: Parts): unknown {
  const sent = fieldsOf(body)
  if (!sent) return body
  return {
    key: keyOf(sent.key),
    organization_id: organizationOf(sent.organization_id),
    activation_id: sent.activation_id,
  }
}

// ---------------------------------------------------------------- paths and queries

export const Uuid = z.guid('Input should be a valid UUID').toLowerCase()
/** What a counter or a limit holds at most. */
export const INT32_MAX = INT4_MAX
/** A limit; null is none. */
export const Limit = (max = INT32_MAX) =>
  z
    .int('Input should be a valid integer')
    .min(1, 'Input should be greater than 0')
    .max(max, `Input should be less than or equal to ${max}`)

/** A filter that may be repeated. */
export const many = <T extends z.ZodType>(each: T) => z.array(each).max(100).optional()
/** A parameter that counts once: the last one sent. */
export const last = <T extends z.ZodType>(value: T) =>
  z.preprocess((sent) => (Array.isArray(sent) ? sent.at(-1) : sent), value)

const Count = z.coerce
  .number<string>('Input should be a valid integer')
  .int('Input should be a valid integer')
  .min(1, 'Input should be greater than or equal to 1')

const Page = z.object({ page: last(Count.default(1)), limit: last(Count.default(10)) })
const LIMIT_MAX = 100

/** A query with every value of each name. */
export const valuesOf = (query: URLSearchParams): Record<string, string[]> =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]))

/** Which part of a list is asked for; pages count from 1, and more than 100 items are never answered. */
export function pageOf({ query }: Parts): { offset: number; limit: number } {
  const { page, limit } = z.object({ query: Page }).parse({ query: valuesOf(query) }).query
  const size = Math.min(limit, LIMIT_MAX)
  return { offset: Math.min((page - 1) * size, INT32_MAX), limit: size }
}

const WithId = z.object({ path: z.object({ id: Uuid }) })

/** The id in the path. */
export const idOf = ({ params }: Parts): string => WithId.parse({ path: params }).path.id

// ---------------------------------------------------------------- license keys of the organization

const Status = z.enum(['granted', 'revoked', 'disabled'])
const KeyList = z.object({
  query: z.object({ organization_id: many(Uuid), benefit_id: many(Uuid), status: many(Status) }),
})

export function readKeys(parts: Parts): unknown {
  const { query } = KeyList.parse({ query: valuesOf(parts.query) })
  const filter = {
    organizationIds: query.organization_id,
    configurationIds: query.benefit_id,
    statuses: query.status,
  }
  return { filter, dir: 'asc', ...pageOf(parts) }
}

export const readKey = (parts: Parts): unknown => ({ key: idOf(parts) })

const Moment = z.string('Input should be a valid datetime').transform((text, { addIssue }) => {
  const moment = momentIn(text)
  if (moment instanceof Date) return moment
  addIssue('Input should be a valid datetime')
  return z.NEVER
})

const KeyUpdate = z.object({
  status: Status.nullish(),
  usage: z
    .int('Input should be a valid integer')
    .min(0, 'Input should be greater than or equal to 0')
    .max(INT32_MAX, `Input should be less than or equal to ${INT32_MAX}`)
    .nullish(),
  limit_activations: Limit().nullish(),
  limit_usage: Limit().nullish(),
  expires_at: Moment.nullish(),
})

// Generated SDKs of the 0.x line send `usage: 0` whenever the caller says nothing of it, which would reset the counter.
const isUnasked = ({ body, header }: Parts) =>
  Object.keys(body as object).length > 1 && header('user-agent')?.startsWith('speakeasy-sdk/') === true

/** A change of a key: only what was sent. */
export function readKeyUpdate(parts: Parts): unknown {
  const { body } = z.object({ body: KeyUpdate }).parse({ body: parts.body })
  const { status, usage, limit_activations: devices, limit_usage: uses, expires_at: expiresAt } = body
  return {
    key: idOf(parts),
    changes: {
      status: status ?? undefined,
      usage: usage === null || (usage === 0 && isUnasked(parts)) ? undefined : usage,
      activations:
        typeof devices === 'number' ? { mode: 'limited', limit: devices } : devices === null ? 'no_limit' : undefined,
      usageLimit: uses,
      expiresAt,
    },
  }
}

/** Polar ends the old key string at once. */
export const readRotate = (parts: Parts): unknown => ({ key: idOf(parts), overlapHours: 0 })

const ActivationPath = z.object({ path: z.object({ id: Uuid, activation_id: Uuid }) })

export function readActivation({ params }: Parts): unknown {
  const { path } = ActivationPath.parse({ path: params })
  return { activation: path.activation_id, licenseKeyId: path.id }
}

// ---------------------------------------------------------------- customers

const NewSession = z
  .object({
    customer_id: Uuid.nullish(),
    external_customer_id: Text(200, 1).nullish(),
    return_url: Text(2_000).nullish(),
  })
  .refine(({ customer_id, external_customer_id }) => customer_id ?? external_customer_id, {
    path: ['customer_id'],
    message: 'Field required',
  })

/** Whose session, by Polar's or the organization's own id. */
export function readSession(parts: Parts): unknown {
  const { body } = z.object({ body: NewSession }).parse({ body: parts.body })
  return { customerId: body.customer_id ?? null, externalId: body.external_customer_id ?? null }
}

const OwnKeyList = z.object({ query: z.object({ benefit_id: many(Uuid) }) })

export function readOwnKeys(parts: Parts): unknown {
  const { query } = OwnKeyList.parse({ query: valuesOf(parts.query) })
  return { configurationIds: query.benefit_id, dir: 'asc', ...pageOf(parts) }
}
