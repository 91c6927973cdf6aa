import type { LicenseCode } from '../../error-codes/schema.ts'
import type { ActivationAnswer, KeyRecord } from '../../license-keys/schema.ts'
import { type Answer, type Dialect, line, type Parts } from '../../operations/line.ts'
import { fieldsOf, idIn, numberId } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'
import { licenseProblem, resourceProblem } from './problems.ts'
import {
  orderId,
  productId,
  readActivation,
  readChange,
  readInstances,
  readKey,
  readKeys,
  relatedToKeys,
  statusOf,
  time,
  writeActivation,
  writeInstanceRelationship,
  writeInstances,
  writeKey,
  writeKeyOfInstance,
  writeKeys,
  writeRelated,
  writeRelationship,
} from './resources.ts'

// Lemon Squeezy: https://docs.lemonsqueezy.com. A store is an organization, an instance an activation, a variant a key configuration.

// ---------------------------------------------------------------- the license API: public

type Flag = 'activated' | 'valid' | 'deactivated'

/** What a form leaves empty is not there; so are an empty text and null. */
const filled = (value: unknown): unknown => (value === '' || value === null ? undefined : value)

const readActivate = ({ body }: Parts) => {
  const { license_key, instance_name } = fieldsOf(body)
  return { key: filled(license_key), organization_id: null, label: filled(instance_name) }
}

const readInstance = ({ body }: Parts) => {
  const { license_key, instance_id } = fieldsOf(body)
  return { key: filled(license_key), organization_id: null, activation_id: idIn(filled(instance_id)) }
}

const words: Partial<Record<LicenseCode, string>> = {
  NOT_FOUND: 'license_key not found.',
  REPLACED: 'license_key not found.',
  REVOKED: 'This license key has been disabled.',
  DISABLED: 'This license key has been disabled.',
  EXPIRED: 'This license key has expired.',
  ACTIVATION_REQUIRED: 'This license key is only valid with an instance_id.',
  ACTIVATION_NOT_FOUND: 'instance_id not found.',
  ACTIVATIONS_OFF: 'This license key has reached the activation limit.',
  NEW_DEVICES_BLOCKED: 'This license key has reached the activation limit.',
  ACTIVATION_LIMIT_REACHED: 'This license key has reached the activation limit.',
}

const isMissing = (code: LicenseCode) => code === 'NOT_FOUND' || code === 'REPLACED' || code === 'ACTIVATION_NOT_FOUND'

/** A yes is 200, what is not there 404, any other no 400; the body says it too. */
function writeLicense(
  flag: Flag,
  { verdict, key, record, activation }: Outcome<'activate' | 'validate' | 'deactivate'>,
): Answer {
  // An instance that was gone already is not found.
  const isGone = flag === 'deactivated' && verdict.valid && !activation
  const valid = verdict.valid && !isGone
  const code = isGone ? 'ACTIVATION_NOT_FOUND' : verdict.code
  const said = { [flag]: valid, error: valid ? null : (words[code] ?? verdict.detail) }
  const status = valid ? 200 : isMissing(code) ? 404 : 400
  if (!record) return { status, body: said }
  const instance = flag === 'deactivated' ? {} : { instance: activation && instanceOf(activation) }
  // What the call answers comes first: whoever sent a string that was rotated away is shown that one.
  return { status, body: { ...said, license_key: keyOf({ ...record, ...key }), ...instance, meta: metaOf(record) } }
}

const keyOf = (record: KeyRecord) => ({
  id: numberId(record),
  status: statusOf(record),
  key: record.keyString,
  activation_limit: record.limitActivations,
  activation_usage: record.devices,
  created_at: time(record.createdAt),
  expires_at: record.expiresAt && time(record.expiresAt),
  test_mode: false,
})

const instanceOf = ({ id, label, createdAt }: ActivationAnswer) => ({ id, name: label, created_at: time(createdAt) })

/** Clients compare these with the numbers of their own product. */
const metaOf = (record: KeyRecord) => ({
  store_id: numberId(record.organization),
  order_id: orderId(record),
  order_item_id: orderId(record),
  product_id: productId(record),
  product_name: record.product?.name ?? '',
  variant_id: numberId(record.configuration),
  variant_name: record.configuration.name,
  customer_id: numberId(record.customer),
  customer_name: record.customer.name ?? '',
  customer_email: record.customer.email,
})

// ---------------------------------------------------------------- the page

// The license API takes forms as well, and shows the key with every answer.
const form = { body: 'form', withRecord: true } as const
// Resources are for an organization's own programs, with an API key of ours as the bearer token.
const access = 'api_key' as const

/** The dialect of Lemon Squeezy, at /api/license/lemonsqueezy. */
export const lemonsqueezy: Dialect = {
  prefix: '/lemonsqueezy',
  lines: [
    line('POST', '/v1/licenses/activate', 'activate', {
      read: readActivate,
      write: (outcome) => writeLicense('activated', outcome),
      ...form,
    }),
    line('POST', '/v1/licenses/validate', 'validate', {
      read: readInstance,
      write: (outcome) => writeLicense('valid', outcome),
      ...form,
    }),
    line('POST', '/v1/licenses/deactivate', 'deactivate', {
      read: readInstance,
      write: (outcome) => writeLicense('deactivated', outcome),
      ...form,
    }),

    line('GET', '/v1/license-keys', 'listKeys', { access, read: readKeys, write: writeKeys }),
    line('GET', '/v1/license-keys/{id}', 'getKey', { access, read: readKey, write: writeKey }),
    // Every link that a resource has leads somewhere.
    ...relatedToKeys.flatMap((name) => [
      line('GET', `/v1/license-keys/{id}/${name}`, 'getKey', { access, read: readKey, write: writeRelated(name) }),
      line('GET', `/v1/license-keys/{id}/relationships/${name}`, 'getKey', {
        access,
        read: readKey,
        write: writeRelationship(name),
      }),
    ]),
    line('PATCH', '/v1/license-keys/{id}', 'changeKey', { access, read: readChange, write: writeKey }),
    line('GET', '/v1/license-key-instances', 'listActivations', { access, read: readInstances, write: writeInstances }),
    line('GET', '/v1/license-key-instances/{id}', 'getActivation', {
      access,
      read: readActivation,
      write: writeActivation,
    }),
    line('GET', '/v1/license-key-instances/{id}/license-key', 'getActivation', {
      access,
      read: readActivation,
      write: writeKeyOfInstance,
    }),
    line('GET', '/v1/license-key-instances/{id}/relationships/license-key', 'getActivation', {
      access,
      read: readActivation,
      write: writeInstanceRelationship,
    }),
  ],
  problem: (problem, asked, path = asked?.path) =>
    path?.startsWith('/v1/licenses/') ? licenseProblem(problem) : resourceProblem(problem),
}
