import { z } from 'zod'
import { checkbox, line } from '../base/fields.ts'
import { Text } from '../base/json.ts'
import { everyWebhookType, typesOfFormat, type WebhookFormat, webhookFormats } from '../webhooks/formats.ts'
import { PING } from '../webhooks/plain.ts'
import { HEADERS_MAX, whyNotHeaders } from '../webhooks/rules.ts'
import { type ResendSpan, resendSpans } from './plain.ts'
import { type EndpointChoice, inOrder } from './rules.ts'

const Url = Text(2_000, 1)
const Description = Text(200).transform((text) => text.trim())
const Types = z
  .array(z.enum(everyWebhookType))
  .max(everyWebhookType.length)
  .refine((types) => new Set(types).size === types.length, 'Name each type once')

const Headers = z
  .record(z.string().toLowerCase(), z.string())
  .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `At most ${HEADERS_MAX} headers`)
  .superRefine((headers, context) => {
    const why = whyNotHeaders(headers)
    if (why) context.addIssue({ code: 'custom', message: why })
  })

/** What a new endpoint is made of. No types: all of them, also those to come. */
export const CreateEndpoint = z.object({
  url: Url,
  description: Description.default(''),
  format: z.enum(webhookFormats).default('latchkey'),
  types: Types.default([]),
  hasKeyStrings: z.boolean().default(false),
  headers: Headers.default({}),
})
export type CreateEndpoint = z.output<typeof CreateEndpoint>

/** Why an endpoint of that format cannot be told of these; null when it can. */
export function whyNotTypes(format: WebhookFormat, types: readonly string[]): string | null {
  const known: readonly string[] = typesOfFormat(format)
  const strange = types.find((type) => !known.includes(type))
  return strange === undefined ? null : `In this format there is no ${strange}: ${known.join(', ')}.`
}

/** Changes to an endpoint; what is left out stays. Headers are replaced whole; its format is for good. */
export type EndpointChanges = Partial<Omit<CreateEndpoint, 'format'> & { disabled: boolean }>

// ---------------------------------------------------------------- the same as forms send it

const Format = z.enum(webhookFormats, 'Choose a format.').default('latchkey')

/** None, one or several of what a form repeats. */
const several = <T extends z.ZodType>(each: T, max: number) =>
  z.preprocess(
    (value) => (value === undefined || value === '' ? [] : typeof value === 'string' ? [value] : value),
    z.array(each).max(max, 'Too many choices.'),
  )

const choice = {
  // What an address must be is said by whoever would have to connect to it.
  url: Text(2_000).trim(),
  description: line('A description', 200).default(''),
  which: z.enum(['all', 'some'], 'Choose all events or some.'),
  types: several(z.enum(everyWebhookType, 'There is no such event.'), everyWebhookType.length),
  hasKeyStrings: checkbox,
}

type Chosen = z.output<z.ZodObject<typeof choice>>

/** All events have no list. An empty one is a choice that was not made. */
function chosen({ url, description, which, types, hasKeyStrings }: Chosen, context: z.RefinementCtx): EndpointChoice {
  if (which === 'some' && types.length === 0)
    context.addIssue({ code: 'custom', path: ['types'], message: 'Choose at least one event.' })
  return { url, description, types: which === 'all' ? [] : inOrder(types), hasKeyStrings }
}

const HeaderText = z.string().max(1_100, 'That is too long.')

/** What a new endpoint is made of, as its form sends it. Of headers, names and values come in the same order. */
export const NewEndpoint = z
  .object({ ...choice, format: Format, headerNames: several(HeaderText, 100), headerSecrets: several(HeaderText, 100) })
  .transform(({ headerNames, headerSecrets, format, ...rest }, context): CreateEndpoint => {
    const rows = headerNames
      .map((name, at) => [name.trim().toLowerCase(), (headerSecrets[at] ?? '').trim()] as const)
      .filter(([name, value]) => name || value)
    const headers = Object.fromEntries(rows)
    const why = rows.length > Object.keys(headers).length ? 'Name each header once.' : whyNotHeaders(headers)
    if (why) context.addIssue({ code: 'custom', path: ['headerNames'], message: why })
    return CreateEndpoint.parse({ format, ...chosen(rest, context), headers: why ? {} : headers })
  })

/** A changed endpoint as its form sends it. */
export const EditEndpoint = z
  .object({ ...choice, endpointId: z.guid() })
  .transform(({ endpointId, ...rest }, context) => ({ endpointId, choice: chosen(rest, context) }))

/** One header to send along; without a value it is sent no longer. */
export const EndpointHeader = z
  .object({ endpointId: z.guid(), name: HeaderText, secret: HeaderText.default('') })
  .transform(({ endpointId, name, secret }, context) => {
    const header = { name: name.trim().toLowerCase(), value: secret.trim() }
    const why = whyNotHeaders({ [header.name]: header.value || 'x' })
    if (why) context.addIssue({ code: 'custom', path: [/value/.test(why) ? 'secret' : 'name'], message: why })
    return { endpointId, ...header }
  })
export type EndpointHeader = z.output<typeof EndpointHeader>

/** Names one endpoint. */
export const EndpointId = z.object({ endpointId: z.guid() })

/** Whether events go to an endpoint. */
export const SwitchEndpoint = z.object({ endpointId: z.guid(), off: checkbox })

/** Which example an endpoint is sent. */
export const TestEndpoint = z.object({
  endpointId: z.guid(),
  type: z.enum([...everyWebhookType, PING], 'Choose an event.'),
})

/** Names one message. */
export const MessageId = z.object({ messageId: z.guid() })

const spans = Object.keys(resendSpans) as [ResendSpan, ...ResendSpan[]]

/** Which failed messages are sent once more. */
export const ResendFailed = z.object({ endpointId: z.guid(), span: z.enum(spans, 'Choose since when.') })
