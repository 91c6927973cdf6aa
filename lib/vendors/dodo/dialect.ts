import { type Answer, type Dialect, line, type Parts } from '../../operations/line.ts'
import { fieldsOf, idIn, prefixedId } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'
import {
  readCreateEntitlement,
  readDelivery,
  readEntitlementId,
  readEntitlements,
  readGrantsOfCustomer,
  readGrantsOfEntitlement,
  readRevoke,
  readUpdateEntitlement,
  writeEntitlement,
  writeEntitlements,
  writeGrant,
  writeGrants,
} from './entitlements.ts'
import {
  businessId,
  isRepeated,
  productId,
  readActivationId,
  readAdopt,
  readChange,
  readInstances,
  readKeyId,
  readKeys,
  readRename,
  writeInstance,
  writeInstances,
  writeKey,
  writeKeys,
} from './keys.ts'
import { problem, refused } from './problems.ts'

// Dodo Payments: https://docs.dodopayments.com. Instances are activations, a business is an organization.

// ---------------------------------------------------------------- licenses: public

const readValidate = ({ body }: Parts) => {
  const { license_key, license_key_instance_id = null } = fieldsOf(body)
  return { key: license_key, organization_id: null, activation_id: idIn(license_key_instance_id) }
}

const readActivate = (parts: Parts) => {
  const { license_key, name } = fieldsOf(parts.body)
  return { key: license_key, organization_id: null, label: name, repeated: isRepeated(parts) }
}

const readDeactivate = ({ body }: Parts) => {
  const { license_key, license_key_instance_id } = fieldsOf(body)
  return { key: license_key, organization_id: null, activation_id: idIn(license_key_instance_id) }
}

/** Always 200: why a key is not valid is not said. */
const writeValidate = ({ verdict }: Outcome<'validate'>): Answer => ({ status: 200, body: { valid: verdict.valid } })

function writeActivate({ verdict, activation, record }: Outcome<'activate'>): Answer {
  if (!verdict.valid || !activation || !record) return refused(verdict.code)
  const { customer } = record
  return {
    status: 201,
    body: {
      id: prefixedId('lki', activation),
      business_id: businessId(record),
      created_at: activation.createdAt,
      license_key_id: prefixedId('lic', record),
      name: activation.label,
      customer: {
        customer_id: prefixedId('cus', customer),
        email: customer.email,
        name: customer.name ?? customer.email,
        metadata: {},
        phone_number: null,
      },
      product: { product_id: productId(record), name: record.product?.name ?? record.configuration.name },
    },
  }
}

/** An empty body, which their SDKs do not parse. An instance that was gone already is not found. */
function writeDeactivate({ verdict, activation }: Outcome<'deactivate'>): Answer {
  if (!verdict.valid) return refused(verdict.code)
  return activation ? { status: 200 } : refused('ACTIVATION_NOT_FOUND')
}

// ---------------------------------------------------------------- the page

// What an organization's own programs do, with an API key of ours as the bearer token.
const access = 'api_key' as const
const created = 201

/** The dialect of Dodo Payments, at /api/license/dodo. */
export const dodo: Dialect = {
  prefix: '/dodo',
  lines: [
    line('POST', '/licenses/validate', 'validate', { read: readValidate, write: writeValidate }),
    line('POST', '/licenses/activate', 'activate', { read: readActivate, write: writeActivate, withRecord: true }),
    line('POST', '/licenses/deactivate', 'deactivate', { read: readDeactivate, write: writeDeactivate }),

    line('GET', '/license_keys', 'listKeys', { access, read: readKeys, write: writeKeys }),
    line('POST', '/license_keys', 'adoptKey', { access, read: readAdopt, write: writeKey(created) }),
    line('GET', '/license_keys/{id}', 'getKey', { access, read: readKeyId, write: writeKey() }),
    line('PATCH', '/license_keys/{id}', 'changeKeyStrictly', { access, read: readChange, write: writeKey() }),

    line('GET', '/license_key_instances', 'listActivations', { access, read: readInstances, write: writeInstances }),
    line('GET', '/license_key_instances/{id}', 'getActivation', {
      access,
      read: readActivationId,
      write: writeInstance,
    }),
    line('PATCH', '/license_key_instances/{id}', 'renameActivation', {
      access,
      read: readRename,
      write: writeInstance,
    }),

    line('GET', '/entitlements', 'listConfigurations', { access, read: readEntitlements, write: writeEntitlements }),
    line('POST', '/entitlements', 'createConfiguration', {
      access,
      read: readCreateEntitlement,
      write: writeEntitlement(created),
    }),
    line('GET', '/entitlements/{id}', 'getConfiguration', {
      access,
      read: readEntitlementId,
      write: writeEntitlement(),
    }),
    line('PATCH', '/entitlements/{id}', 'changeConfiguration', {
      access,
      read: readUpdateEntitlement,
      write: writeEntitlement(),
    }),
    line('DELETE', '/entitlements/{id}', 'archiveConfiguration', {
      access,
      read: readEntitlementId,
      write: () => ({ status: 204 }),
      body: 'none',
    }),

    line('GET', '/entitlements/{id}/grants', 'listKeys', {
      access,
      read: readGrantsOfEntitlement,
      write: writeGrants,
    }),
    line('DELETE', '/entitlements/{id}/grants/{grant_id}', 'revokeKeyOf', {
      access,
      read: readRevoke,
      write: writeGrant,
      body: 'none',
    }),
    line('POST', '/grants/{grant_id}/license-key', 'deliverKey', { access, read: readDelivery, write: writeGrant }),
    line('GET', '/customers/{id}/entitlement-grants', 'listKeys', {
      access,
      read: readGrantsOfCustomer,
      write: writeGrants,
    }),
  ],
  problem,
}
