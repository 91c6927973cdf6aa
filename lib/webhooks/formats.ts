import { type WebhookSubject, type WebhookType, webhookTypeNames, webhookTypes } from './plain.ts'

// Receivers that were written for a vendor go on: an endpoint has a format, which is whose names, bodies and signatures it is sent. A vendor
// has words for little of what happens here; of everything else an endpoint of that format is told nothing.

type Format = { label: string; says: string; types: Record<string, { about: WebhookSubject; says: string }> }

/** Every format: what to call it, what it is for, and the types of messages it has. */
export const formats = {
  latchkey: {
    label: 'Latchkey',
    says: 'Everything that happens, with the records of the management API.',
    types: webhookTypes,
  },
  polar: {
    label: 'Polar',
    says: 'For a receiver that was written for Polar: its names, its bodies, signed as Polar signs.',
    types: {
      'benefit_grant.created': { about: 'license_key', says: 'A key was issued, or is no longer revoked.' },
      'benefit_grant.updated': { about: 'license_key', says: 'A key was changed, replaced or handed on.' },
      'benefit_grant.revoked': { about: 'license_key', says: 'A key was revoked.' },
    },
  },
  dodo: {
    label: 'Dodo Payments',
    says: 'For a receiver that was written for Dodo Payments: its names, its bodies, signed as it signs.',
    types: {
      'license_key.created': { about: 'license_key', says: 'A key was issued; it is the key.' },
      'entitlement_grant.created': { about: 'license_key', says: 'A key was issued; it is what its customer got.' },
      'entitlement_grant.delivered': { about: 'license_key', says: 'A key is no longer revoked.' },
      'entitlement_grant.revoked': { about: 'license_key', says: 'A key was revoked.' },
    },
  },
} as const satisfies Record<string, Format>

export type WebhookFormat = keyof typeof formats
export type PolarType = keyof (typeof formats)['polar']['types']
export type DodoType = keyof (typeof formats)['dodo']['types']
/** A type of message, of whichever format. */
export type AnyWebhookType = WebhookType | PolarType | DodoType

export const webhookFormats = Object.keys(formats) as [WebhookFormat, ...WebhookFormat[]]

/** The types that an endpoint of that format can be told of. */
export const typesOfFormat = (format: WebhookFormat): AnyWebhookType[] =>
  Object.keys(formats[format].types) as AnyWebhookType[]

/** The types of all formats, each once. */
export const everyWebhookType = [
  ...new Set<AnyWebhookType>([...webhookTypeNames, ...webhookFormats.flatMap(typesOfFormat)]),
] as [AnyWebhookType, ...AnyWebhookType[]]

/** What a message of that type is about; null for a type that the format does not have. */
export function subjectOf(format: WebhookFormat, type: string): WebhookSubject | null {
  const { types }: Format = formats[format]
  return Object.hasOwn(types, type) ? (types[type]?.about ?? null) : null
}

const updatedGrant = ['benefit_grant.updated'] as const

const inPolar: Partial<Record<WebhookType, readonly PolarType[]>> = {
  'license_key.issued': ['benefit_grant.created'],
  // As Polar does when it grants again what it had taken back.
  'license_key.restored': ['benefit_grant.created'],
  'license_key.revoked': ['benefit_grant.revoked'],
  'license_key.updated': updatedGrant,
  'license_key.disabled': updatedGrant,
  'license_key.enabled': updatedGrant,
  'license_key.rotated': updatedGrant,
  'license_key.transferred': updatedGrant,
}

const inDodo: Partial<Record<WebhookType, readonly DodoType[]>> = {
  'license_key.issued': ['license_key.created', 'entitlement_grant.created'],
  'license_key.restored': ['entitlement_grant.delivered'],
  'license_key.revoked': ['entitlement_grant.revoked'],
}

/** As which messages an endpoint of that format is sent what another is sent as `type`: none mostly, or several. */
export function inFormat(format: WebhookFormat, type: WebhookType): readonly AnyWebhookType[] {
  if (format === 'latchkey') return [type]
  return (format === 'polar' ? inPolar : inDodo)[type] ?? []
}
