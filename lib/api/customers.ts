import '#server-only'
import { z } from 'zod'
import { line } from '../base/fields.ts'
import { Text } from '../base/json.ts'
import { updateCustomer } from '../customers/change.ts'
import { createCustomer } from '../customers/commands.ts'
import { mergeCustomers } from '../customers/hand-over.ts'
import {
  type CustomerRecord,
  type CustomerRecordSort,
  getCustomerRecord,
  listCustomerRecords,
} from '../customers/queries.ts'
import { CreateCustomer, limits, sentEmail } from '../customers/schema.ts'
import { metadataOf } from '../metadata/rules.ts'
import { erasePersonalData } from '../personal-data/commands.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import {
  asked,
  Count,
  Id,
  Metadata,
  MetadataChanges,
  Moment,
  metadataFilter,
  NewMetadata,
  several,
  shown,
  Time,
  time,
} from './wire.ts'

/** What an answer says of one. */
export const Customer = shown(
  'Customer',
  'Somebody who bought, or will.',
  z.object({
    id: Id,
    external_id: z.string().nullable().describe('What another system calls them.'),
    email: z.string(),
    name: z.string().nullable(),
    metadata: Metadata,
    license_keys: Count.describe('How many they have.'),
    purchases: Count,
    created_at: Time,
    modified_at: Time,
  }),
)

/** A customer as the API shows it. */
export const showCustomer = (customer: CustomerRecord): z.input<typeof Customer> => ({
  id: customer.id,
  external_id: customer.externalId,
  email: customer.email,
  name: customer.name,
  metadata: metadataOf(customer.metadata),
  license_keys: customer._count.licenseKeys,
  purchases: customer._count.purchases,
  created_at: time(customer.createdAt),
  modified_at: time(customer.updatedAt),
})

const { name, externalId } = CreateCustomer.shape
const email = sentEmail
const Create = asked('CreateCustomer', z.strictObject({ email, name, external_id: externalId, metadata: NewMetadata }))
const Changes = asked(
  'CustomerChanges',
  z.strictObject({
    email: email
      .optional()
      .describe(
        'Their keys then stand on the purchases page of whoever proves this address, and both are told. Where there are keys or purchases, this and `external_id` also take `license_keys:write`.',
      ),
    name: name.unwrap().optional(),
    external_id: externalId.unwrap().optional(),
    replace_chosen_address: z
      .boolean()
      .optional()
      .describe(
        'The customer may have taken their address themselves, confirmed from both mailboxes. Without this, changing that one is a 409: a list of elsewhere may still have the one before, and whoever reads that mailbox would get their keys.',
      ),
    metadata: MetadataChanges,
  }),
)

const Merge = asked(
  'MergeCustomer',
  z.strictObject({
    into: Id.overwrite((id) => id.toLowerCase()).describe('The customer who stays.'),
    replace_chosen_address: z
      .boolean()
      .optional()
      .describe(
        'The customer who goes may have taken their address themselves, confirmed from both mailboxes. Without this, merging that one is a 409.',
      ),
  }),
)

/** Whom a key or a purchase is for, in a request. */
export const whoBuys = {
  customer_id: Id.optional().describe('A customer there is. Send this or `customer`.'),
  customer: z
    .strictObject({ email, name: line('A name', limits.name).optional() })
    .optional()
    .describe('By address; added when new. Send this or `customer_id`.'),
}

type WhoBuys = { customer_id?: string | undefined; customer?: { email: string; name?: string | undefined } | undefined }

/** The rule that goes with it. */
export const oneBuyer = [
  (order: WhoBuys) => (order.customer === undefined) !== (order.customer_id === undefined),
  { error: 'Send either customer or customer_id', path: ['customer'] },
] satisfies [unknown, unknown]

/** How the document says it. */
export const oneBuyerInWords = { oneOf: [{ required: ['customer'] }, { required: ['customer_id'] }] }

/** The same as commands take it. */
export const customerOf = ({ customer, customer_id }: WhoBuys) =>
  customer ? { email: customer.email, name: customer.name ?? '' } : { id: customer_id as string }

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (customer) => customer.createdAt },
  email: { by: 'email', kind: 'text', value: (customer) => customer.email },
} satisfies Sorts<CustomerRecord, CustomerRecordSort>

const tag = 'Customers'
const example = { email: 'tomas@herrera.example', name: 'Tomás Herrera', external_id: 'cus_4711' }

export const customerEndpoints = [
  endpoint({
    operation: 'listCustomers',
    method: 'GET',
    path: '/customers',
    tag,
    summary: 'List customers',
    permissions: ['customers.read'],
    query: listQuery(sorts, {
      email: several(Text(254)).describe('Whole addresses.'),
      external_id: several(Text(200)),
      q: Text(200).optional().describe('Part of a name or an address.'),
      created_from: Moment.optional(),
      created_before: Moment.optional(),
      ...metadataFilter,
    }),
    status: 200,
    answer: pageOf('CustomerPage', Customer),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listCustomerRecords(
            client,
            {
              emails: query.email,
              externalIds: query.external_id,
              q: query.q,
              createdFrom: query.created_from,
              createdBefore: query.created_before,
              metadata: query.metadata,
            },
            keyset,
          ),
        showCustomer,
      ),
  }),
  endpoint({
    operation: 'createCustomer',
    method: 'POST',
    path: '/customers',
    tag,
    summary: 'Create a customer',
    description: 'Not needed to issue a key: whoever is new is added then.',
    permissions: ['customers.write'],
    body: Create,
    example,
    status: 201,
    answer: Customer,
    refuses: ['CONFLICT'],
    run: async (client, { body, now }) => {
      const { external_id, ...customer } = body
      const { customerId } = await createCustomer(client, { ...customer, externalId: external_id }, now)
      return showCustomer(await getCustomerRecord(client, customerId))
    },
  }),
  endpoint({
    operation: 'getCustomer',
    method: 'GET',
    path: '/customers/{id}',
    tag,
    summary: 'Get a customer',
    permissions: ['customers.read'],
    status: 200,
    answer: Customer,
    run: async (client, { id }) => showCustomer(await getCustomerRecord(client, id)),
  }),
  endpoint({
    operation: 'updateCustomer',
    method: 'PATCH',
    path: '/customers/{id}',
    tag,
    summary: 'Change a customer',
    description: 'What is left out stays.',
    permissions: ['customers.write'],
    body: Changes,
    example: { name: 'Tomás Herrera' },
    status: 200,
    answer: Customer,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const { external_id, replace_chosen_address, ...changes } = body
      const more = { externalId: external_id, replaceChosenAddress: replace_chosen_address }
      await updateCustomer(client, { customerId: id, ...changes, ...more }, now)
      return showCustomer(await getCustomerRecord(client, id))
    },
  }),
  endpoint({
    operation: 'deleteCustomerData',
    method: 'DELETE',
    path: '/customers/{id}',
    tag,
    summary: 'Delete a customer’s personal data',
    description:
      'Name, address, metadata, mails, notes, the names of devices, calls and whatever else is known of them. Their keys, purchases and devices stay, under nobody’s name, and go on working. It cannot be taken back. What only mentions them is searched in the background.',
    permissions: ['customers.erase'],
    locksOthers: true,
    refuses: ['CONFLICT'],
    status: 200,
    answer: Customer,
    run: async (client, { id, now }) => {
      await erasePersonalData(client, { customerId: id }, now)
      return showCustomer(await getCustomerRecord(client, id))
    },
  }),
  endpoint({
    operation: 'mergeCustomer',
    method: 'POST',
    path: '/customers/{id}/merge',
    tag,
    summary: 'Merge a customer into another',
    description:
      'Keys with their devices, purchases and history go to `into`, and what that one lacks (name, `external_id`, names of `metadata`) with them; this customer is then gone. With the old address nothing is seen any more. Both addresses are told by mail. It cannot be taken back.',
    permissions: ['customers.write', 'keys.write'],
    locksOthers: true,
    refuses: ['CONFLICT'],
    body: Merge,
    example: { into: '01a3c5d2-9e44-7d18-b0c6-4d1f8a6c7e35' },
    status: 200,
    answer: Customer,
    run: async (client, { id, body, now }) => {
      const { into, replace_chosen_address: replaceChosenAddress } = body
      await mergeCustomers(client, { customerId: id, intoId: into, replaceChosenAddress }, now)
      return showCustomer(await getCustomerRecord(client, into))
    },
  }),
]
