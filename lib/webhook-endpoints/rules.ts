import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { lastCharactersOf } from '../key-strings/rules.ts'
import type { EditPart } from '../web/edits.ts'
import { type AnyWebhookType, everyWebhookType } from '../webhooks/formats.ts'
import { type DisabledReason, disabledReasons } from '../webhooks/plain.ts'
import type { ResendSpan } from './plain.ts'

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' }

/** What is to be said of an endpoint in one word. */
export type EndpointState = 'off' | 'given_up' | 'paused' | 'failing' | 'working' | 'new'

type Standing = {
  disabledAt: Date | null
  disabledReason: DisabledReason | null
  failingSince: Date | null
  pausedUntil: Date | null
  lastSentAt: Date | null
}

/** Where an endpoint stands: switched off by somebody or by us, left alone for a while, failing, at work, or not yet tried. */
export function endpointState(endpoint: Standing, now: Date): EndpointState {
  if (endpoint.disabledAt) return endpoint.disabledReason === 'by_hand' ? 'off' : 'given_up'
  if (endpoint.pausedUntil && endpoint.pausedUntil > now) return 'paused'
  if (endpoint.failingSince) return 'failing'
  return endpoint.lastSentAt ? 'working' : 'new'
}

/** A state is a word and a color, everywhere the same. */
export const endpointLook = {
  off: { label: 'Switched off', tone: 'off' },
  given_up: { label: 'Switched off', tone: 'bad' },
  paused: { label: 'Paused', tone: 'warn' },
  failing: { label: 'Failing', tone: 'bad' },
  working: { label: 'Working', tone: 'ok' },
  new: { label: 'Nothing sent yet', tone: 'off' },
} as const satisfies Record<EndpointState, Look>

/** Why an endpoint is off, when that was not by hand. */
export const whyGivenUp = ({ disabledReason }: Pick<Standing, 'disabledReason'>): string | null =>
  disabledReason && disabledReason !== 'by_hand' ? `${disabledReasons[disabledReason]}.` : null

// ---------------------------------------------------------------- changing one

/** What people choose for an endpoint in a form. */
export type EndpointChoice = { url: string; description: string; types: AnyWebhookType[]; hasKeyStrings: boolean }

/** Types in the order they are listed in everywhere, so that the same choice is equal to itself. */
export const inOrder = (types: readonly string[]): AnyWebhookType[] =>
  everyWebhookType.filter((type) => types.includes(type))

/** The same as the history and other people's edits name it. */
export const endpointParts: readonly EditPart<EndpointChoice>[] = [
  { label: 'Address', input: 'url', fields: ['url'], words: ({ url }) => url },
  {
    label: 'Description',
    input: 'description',
    fields: ['description'],
    words: ({ description }) => description || 'empty',
  },
  {
    label: 'Events',
    input: 'types',
    fields: ['types'],
    words: ({ types }) => (types.length === 0 ? 'all' : types.join(', ')),
  },
  {
    label: 'Key strings',
    input: 'hasKeyStrings',
    fields: ['hasKeyStrings'],
    words: ({ hasKeyStrings }) => (hasKeyStrings ? 'whole' : 'left out'),
  },
]

/** Since when something is that belongs to such a span. */
export function sinceOf(span: ResendSpan, now: Date): Date {
  const ago = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, all: now.getTime() }[span]
  return new Date(now.getTime() - ago)
}

// ---------------------------------------------------------------- what may be shown of a body

const KEY_NAMES = ['key', 'license_key', 'key_string']
/** What merchants keep for themselves may be called as they like. */
const THEIRS = ['metadata', 'meta', 'custom_data', 'conditions']

/** A body with no whole key string in it: what is called a key keeps its end only. Anything but JSON is returned as it is. */
export function withoutKeyStrings(body: string): string {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return body
  }
  const masked = masking(json)
  return JSON.stringify(masked) === JSON.stringify(json) ? body : JSON.stringify(masked)
}

function masking(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masking)
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(fields).map(([name, child]) => {
      if (THEIRS.includes(name)) return [name, child]
      if (typeof child !== 'string' || !KEY_NAMES.includes(name)) return [name, masking(child)]
      return [name, maskOf(child, fields.display_key)]
    }),
  )
}

const maskOf = (key: string, display: unknown): string => {
  if (/[*•]{4}/.test(key)) return key
  return typeof display === 'string' ? display : `****-${lastCharactersOf(key)}`
}
