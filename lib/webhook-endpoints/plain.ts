import type { WebhookState } from '#prisma/enums.ts'
import { type AnyWebhookType, everyWebhookType, formats, type WebhookFormat } from '../webhooks/formats.ts'
import { PING } from '../webhooks/plain.ts'

// What pages show of endpoints and messages.

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' }

/** What can have become of a message, in the order people filter by. */
export const messageStates = ['failed', 'waiting', 'sent', 'gone'] as const satisfies WebhookState[]

/** A state is a word and a color, everywhere the same. */
export const messageLook = {
  waiting: { label: 'Waiting', tone: 'warn' },
  sent: { label: 'Sent', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
  gone: { label: 'Given up', tone: 'off' },
} as const satisfies Record<WebhookState, Look>

/** The types of messages that there can be in a list. */
export const messageTypes = [...everyWebhookType, PING] as const

/** What types of messages are about, by how their names begin. */
const nouns: Record<string, string> = {
  license_key: 'License keys',
  activation: 'Activations',
  purchase: 'Purchases',
  customer: 'Customers',
  validation: 'Validations',
  usage: 'Usage',
  store: 'Stores',
  benefit_grant: 'Benefit grants',
  entitlement_grant: 'Entitlement grants',
}

const nounOf = (type: string): string => {
  const [name = ''] = type.split('.')
  return nouns[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`
}

/** A type of message with one sentence about it. */
export type TypeChoice = { type: AnyWebhookType; says: string }

/** The types that an endpoint of that format can be told of, those of one noun together. */
export function typeGroupsOf(format: WebhookFormat): { label: string; types: TypeChoice[] }[] {
  const { types }: { types: Record<string, { says: string }> } = formats[format]
  const all = Object.entries(types).map(([type, { says }]) => ({ type: type as AnyWebhookType, says: sentence(says) }))
  return [...Map.groupBy(all, ({ type }) => nounOf(type))].map(([label, types]) => ({ label, types }))
}

/** The first sentence; what programs have to know beside it is in the documentation. */
function sentence(says: string): string {
  return says.replace(/(: |\. ).*$/s, '.')
}

/** What an endpoint is told of, in a few words. */
export function inWords(types: readonly string[]): string {
  if (types.length === 0) return 'All events'
  const [only] = types
  return types.length === 1 && only ? only : `${types.length} events`
}

/** What an endpoint is called: as somebody described it, or by its address. */
export const endpointName = ({ url, description }: { url: string; description: string }): string =>
  description || url.replace(/^https?:\/\//, '').replace(/\/$/, '')

/** How far back failed messages are sent again. */
export const resendSpans = {
  hour: 'In the last hour',
  day: 'In the last 24 hours',
  week: 'In the last 7 days',
  all: 'As long as they are kept',
} as const
export type ResendSpan = keyof typeof resendSpans
