import '#server-only'
import { z } from 'zod'
import { WebhookState } from '#prisma/enums.ts'
import {
  createEndpoint,
  removeEndpoint,
  resendFailed,
  resendMessage,
  rotateSecret,
  sendTest,
  updateEndpoint,
} from '../webhook-endpoints/commands.ts'
import {
  type EndpointRecord,
  type EndpointRecordSort,
  getEndpointRecord,
  getMessage,
  listEndpointRecords,
  listMessageRecords,
  type MessageDetail,
  type MessageRecord,
  type MessageRecordSort,
} from '../webhook-endpoints/queries.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { everyWebhookType, webhookFormats } from '../webhooks/formats.ts'
import { type DisabledReason, disabledReasons, PING, type WebhookType } from '../webhooks/plain.ts'
import { apiVersions, endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Count, Id, Moment, several, shown, Time, time, timeOrNull } from './wire.ts'

const AnyType = z.enum([...everyWebhookType, PING])

const endpointFields = {
  id: Id,
  url: z.string(),
  description: z.string(),
  types: z.array(z.string()).describe('What it is told of; empty: everything, also what is added later.'),
  format: z.enum(webhookFormats).describe('Whose names, bodies and signatures it is sent.'),
  version: z.string().describe('The version of this API that its bodies follow.'),
  key_strings: z.boolean().describe('Whether bodies have whole key strings.'),
  header_names: z.array(z.string()).describe('Headers that are sent along; their values are shown to nobody.'),
  disabled_at: Time.nullable().describe('null while it is on. Nothing is written for one that is off.'),
  disabled_reason: z.enum(Object.keys(disabledReasons) as [DisabledReason, ...DisabledReason[]]).nullable(),
  failing_since: Time.nullable().describe('Since when no attempt has succeeded. After five days it is switched off.'),
  paused_until: Time.nullable().describe('Its receiver asked to be left alone until then.'),
  last_sent_at: Time.nullable().describe('To the minute.'),
  created_at: Time,
  modified_at: Time,
}

const WebhookEndpoint = shown('WebhookEndpoint', 'Where events are sent to.', z.object(endpointFields))
const secret = z
  .string()
  .describe(
    'What the messages are signed with, as the libraries of Standard Webhooks take it. Shown here and never again.',
  )
const NewWebhookEndpoint = shown(
  'NewWebhookEndpoint',
  'An endpoint with its new secret.',
  z.object({ ...endpointFields, secret }),
)

const showEndpoint = (endpoint: EndpointRecord): z.input<typeof WebhookEndpoint> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types,
  format: endpoint.format,
  version: endpoint.version,
  key_strings: endpoint.hasKeyStrings,
  header_names: endpoint.headerNames,
  disabled_at: timeOrNull(endpoint.disabledAt),
  disabled_reason: endpoint.disabledReason,
  failing_since: timeOrNull(endpoint.failingSince),
  paused_until: timeOrNull(endpoint.pausedUntil),
  last_sent_at: timeOrNull(endpoint.lastSentAt),
  created_at: time(endpoint.createdAt),
  modified_at: time(endpoint.updatedAt),
})

const messageFields = {
  id: Id.describe('The `webhook-id` of every attempt.'),
  webhook_endpoint_id: Id,
  event_id: Id.nullable().describe('null: a test.'),
  type: z.string(),
  license_key_id: Id.nullable(),
  state: z
    .enum(WebhookState)
    .describe('`failed`: all attempts have. `gone`: its endpoint was switched off before it arrived.'),
  attempts: Count.describe('Of those that are made by themselves; it begins anew when it is sent again.'),
  next_attempt_at: Time.nullable(),
  last_status: z.int().nullable().describe('The status of the last answer; null when there was none.'),
  last_error: z.string().nullable(),
  created_at: Time,
  settled_at: Time.nullable(),
}

const WebhookMessage = shown('WebhookMessage', 'An event for one endpoint.', z.object(messageFields))
const WebhookMessageDetail = shown(
  'WebhookMessageDetail',
  'An event for one endpoint, and what came of it.',
  z.object({
    ...messageFields,
    body: z
      .string()
      .nullable()
      .describe(
        'What was sent last, as it was. Without `license_keys:reveal` whole key strings in it are masked. null: nothing yet, or the API key lacks the scope that reads what is in it.',
      ),
    tries: z.array(
      z.object({
        number: z.int(),
        at: Time,
        duration_ms: Count,
        status: z.int().nullable(),
        error: z.string().nullable(),
        answer: z.string().nullable().describe('The first 2 KB of the answer.'),
      }),
    ),
  }),
)

const showMessage = (message: MessageRecord): z.input<typeof WebhookMessage> => ({
  id: message.id,
  webhook_endpoint_id: message.endpointId,
  event_id: message.eventId,
  type: message.type,
  license_key_id: message.licenseKeyId,
  state: message.state,
  attempts: message.attempts,
  next_attempt_at: message.state === 'waiting' ? time(message.dueAt) : null,
  last_status: message.lastStatus,
  last_error: message.lastError,
  created_at: time(message.createdAt),
  settled_at: timeOrNull(message.settledAt),
})

const showDetail = (message: MessageDetail): z.input<typeof WebhookMessageDetail> => ({
  ...showMessage(message),
  body: message.body,
  tries: message.tries.map(({ durationMs, at, ...rest }) => ({ ...rest, at: time(at), duration_ms: durationMs })),
})

const Resent = shown('ResentWebhookMessages', 'How many are sent again.', z.object({ messages: Count }))
const Removed = shown(
  'RemovedWebhookEndpoint',
  'An endpoint that is gone.',
  z.object({ id: Id, deleted: z.literal(true) }),
)

// ---------------------------------------------------------------- requests

const { url, description, format, types, hasKeyStrings, headers } = CreateEndpoint.shape
const fields = {
  url: url.describe(
    'https, and on the internet: private and reserved addresses are refused, unless the server allows networks by `WEBHOOK_PRIVATE_NETWORKS`.',
  ),
  description: description.unwrap(),
  format: format
    .unwrap()
    .describe(
      '`polar` and `dodo`: for receivers that were written for Polar or Dodo Payments. They are told of keys only, with the types, bodies and signatures of that vendor. It stays as it is.',
    ),
  types: types
    .unwrap()
    .meta({ uniqueItems: true })
    .describe(
      'What it is told of, of the types its format has; empty or left out: everything. An API key needs the scopes that read it.',
    ),
  key_strings: hasKeyStrings
    .unwrap()
    .describe('Put whole key strings into bodies. Takes the scope `license_keys:reveal`.'),
  headers: headers
    .unwrap()
    .describe('Headers to send along, such as `authorization`: at most 10. They are kept sealed and shown to nobody.'),
}

const Create = asked(
  'CreateWebhookEndpoint',
  z.strictObject({
    url: fields.url,
    description: fields.description.optional(),
    format: fields.format.optional(),
    types: fields.types.optional(),
    key_strings: fields.key_strings.optional(),
    headers: fields.headers.optional(),
  }),
)

const Changes = asked(
  'WebhookEndpointChanges',
  z.strictObject({
    url: fields.url.optional(),
    description: fields.description.optional(),
    types: fields.types.optional(),
    key_strings: fields.key_strings.optional(),
    headers: fields.headers.optional().describe('All headers to send along from now on.'),
    disabled: z
      .boolean()
      .optional()
      .describe('true: nothing more is written for it, and what waits is given up. false: switches it on again.'),
  }),
)

const Test = asked(
  'TestWebhookEndpoint',
  z.strictObject({
    type: AnyType.default(PING).describe(
      'Which type of message to send an example of. Vendors have no `ping`: in their formats it is the first type they have.',
    ),
  }),
)

const ResendFailed = asked(
  'ResendFailedWebhookMessages',
  z.strictObject({ since: Moment.describe('Those that were written since then and have failed.') }),
)

/** Without what is left out. */
const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }

const endpointSorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (endpoint) => endpoint.createdAt },
} satisfies Sorts<EndpointRecord, EndpointRecordSort>

const messageSorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (message) => message.createdAt },
} satisfies Sorts<MessageRecord, MessageRecordSort>

const newest = apiVersions[apiVersions.length - 1] as string
const tag = 'Webhooks'
const example = {
  url: 'https://shop.inkwell.example/webhooks/latchkey',
  description: 'The shop',
  types: ['license_key.issued', 'license_key.revoked'] satisfies WebhookType[],
}

export const webhookEndpoints = [
  endpoint({
    operation: 'listWebhookEndpoints',
    method: 'GET',
    path: '/webhook-endpoints',
    tag,
    summary: 'List webhook endpoints',
    permissions: ['webhooks.read'],
    query: listQuery(endpointSorts, {}),
    status: 200,
    answer: pageOf('WebhookEndpointPage', WebhookEndpoint),
    run: (client, { query }) =>
      readPage(query, endpointSorts, (keyset) => listEndpointRecords(client, {}, keyset), showEndpoint),
  }),
  endpoint({
    operation: 'createWebhookEndpoint',
    method: 'POST',
    path: '/webhook-endpoints',
    tag,
    summary: 'Create a webhook endpoint',
    description:
      'Events are sent to it from now on, as the section Webhooks of this document describes them, signed as Standard Webhooks has it. An API key cannot have sent to it what it may not read.',
    permissions: ['webhooks.write'],
    body: Create,
    example,
    status: 201,
    answer: NewWebhookEndpoint,
    refuses: ['CONFLICT'],
    run: async (client, { body, now }) => {
      const { key_strings, ...rest } = body
      const order = CreateEndpoint.parse(given({ ...rest, hasKeyStrings: key_strings }))
      const { endpointId, secret } = await createEndpoint(client, order, newest, now)
      return { ...showEndpoint(await getEndpointRecord(client, endpointId)), secret }
    },
  }),
  endpoint({
    operation: 'getWebhookEndpoint',
    method: 'GET',
    path: '/webhook-endpoints/{id}',
    tag,
    summary: 'Get a webhook endpoint',
    permissions: ['webhooks.read'],
    status: 200,
    answer: WebhookEndpoint,
    run: async (client, { id }) => showEndpoint(await getEndpointRecord(client, id)),
  }),
  endpoint({
    operation: 'updateWebhookEndpoint',
    method: 'PATCH',
    path: '/webhook-endpoints/{id}',
    tag,
    summary: 'Change a webhook endpoint',
    description: 'What is left out stays. Switches it off and on, too.',
    permissions: ['webhooks.write'],
    body: Changes,
    example: { types: ['license_key.revoked'] },
    status: 200,
    answer: WebhookEndpoint,
    run: async (client, { id, body, now }) => {
      const { key_strings, ...rest } = body
      await updateEndpoint(client, id, given({ ...rest, hasKeyStrings: key_strings }), now)
      return showEndpoint(await getEndpointRecord(client, id))
    },
  }),
  endpoint({
    operation: 'deleteWebhookEndpoint',
    method: 'DELETE',
    path: '/webhook-endpoints/{id}',
    tag,
    summary: 'Delete a webhook endpoint',
    description: 'With everything that was sent to it or still waits.',
    permissions: ['webhooks.write'],
    status: 200,
    answer: Removed,
    run: async (client, { id, now }) => {
      await removeEndpoint(client, id, now)
      return { id, deleted: true as const }
    },
  }),
  endpoint({
    operation: 'rotateWebhookSecret',
    method: 'POST',
    path: '/webhook-endpoints/{id}/rotate-secret',
    tag,
    summary: 'Replace the secret of a webhook endpoint',
    description:
      'For 24 hours messages are signed with both, so that the receiver can change over at any moment of them.',
    permissions: ['webhooks.write'],
    status: 200,
    answer: NewWebhookEndpoint,
    run: async (client, { id, now }) => {
      const { secret } = await rotateSecret(client, id, now)
      return { ...showEndpoint(await getEndpointRecord(client, id)), secret }
    },
  }),
  endpoint({
    operation: 'testWebhookEndpoint',
    method: 'POST',
    path: '/webhook-endpoints/{id}/test',
    tag,
    summary: 'Send an example to a webhook endpoint',
    description:
      'It is signed and sent like any other message, whatever the endpoint is told of, and says `"test": true`.',
    permissions: ['webhooks.write'],
    body: Test,
    example: { type: 'license_key.issued' },
    status: 201,
    answer: WebhookMessageDetail,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const { messageId } = await sendTest(client, { endpointId: id, type: body.type }, now)
      return showDetail(await getMessage(client, messageId))
    },
  }),
  endpoint({
    operation: 'resendFailedWebhookMessages',
    method: 'POST',
    path: '/webhook-endpoints/{id}/resend',
    tag,
    summary: 'Send again what failed',
    description:
      'Every message to this endpoint that has failed for good, or was given up when it was switched off, with the same ids.',
    permissions: ['webhooks.write'],
    body: ResendFailed,
    example: { since: '2026-11-28T00:00:00Z' },
    status: 200,
    answer: Resent,
    refuses: ['CONFLICT'],
    run: (client, { id, body, now }) => resendFailed(client, { endpointId: id, since: body.since }, now),
  }),
  endpoint({
    operation: 'listWebhookMessages',
    method: 'GET',
    path: '/webhook-messages',
    tag,
    summary: 'List webhook messages',
    description: 'What was sent and what waits, as long as it is kept: 30 days, unless the server says otherwise.',
    permissions: ['webhooks.read'],
    query: listQuery(messageSorts, {
      webhook_endpoint_id: several(Id),
      event_id: several(Id),
      license_key_id: several(Id),
      type: several(AnyType),
      state: several(z.enum(WebhookState)),
      created_from: Moment.optional(),
      created_before: Moment.optional(),
    }),
    status: 200,
    answer: pageOf('WebhookMessagePage', WebhookMessage),
    run: (client, { query }) =>
      readPage(
        query,
        messageSorts,
        (keyset) =>
          listMessageRecords(
            client,
            {
              endpointIds: query.webhook_endpoint_id,
              eventIds: query.event_id,
              licenseKeyIds: query.license_key_id,
              types: query.type,
              states: query.state,
              from: query.created_from,
              before: query.created_before,
            },
            keyset,
          ),
        showMessage,
      ),
  }),
  endpoint({
    operation: 'getWebhookMessage',
    method: 'GET',
    path: '/webhook-messages/{id}',
    tag,
    summary: 'Get a webhook message',
    description: 'With its attempts, what was sent last, and what was answered.',
    permissions: ['webhooks.read'],
    status: 200,
    answer: WebhookMessageDetail,
    run: async (client, { id }) => showDetail(await getMessage(client, id)),
  }),
  endpoint({
    operation: 'resendWebhookMessage',
    method: 'POST',
    path: '/webhook-messages/{id}/resend',
    tag,
    summary: 'Send a webhook message again',
    description: 'Whatever became of it, with the same id; one that waits is sent now.',
    permissions: ['webhooks.write'],
    status: 200,
    answer: WebhookMessageDetail,
    refuses: ['CONFLICT'],
    run: async (client, { id, now }) => {
      await resendMessage(client, id, now)
      return showDetail(await getMessage(client, id))
    },
  }),
]
