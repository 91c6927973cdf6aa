import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import { DAY_MS } from '../base/days.ts'
import { exactJson, type JsonObject, StoredObject } from '../base/json.ts'
import { fingerprintOf, readEmail, tidyLine, tidyParagraphs } from '../base/text.ts'
import { storedKeyString } from '../key-strings/string.ts'
import { USAGE_MAX } from '../license-keys/rules.ts'
import { type KeyShape, whyDamaged, whyNoKey, whyNotWhole, whyNoValue } from './damaged-cells.ts'
import {
  ACTIVATION_LIMIT_MAX,
  type ActivationDraft,
  type EmptyMeans,
  type Habits,
  type KeyDraft,
  type Limit,
  maskedKeyText,
  named,
  type Reading,
  readCount,
  readDate,
  readFlag,
  readLimit,
  readStatus,
  reasonIn,
  type StatusMeaning,
  saysInactive,
  type Values,
} from './rules.ts'
import {
  type Columns,
  type DateOrder,
  fieldsOf,
  type ImportField,
  type ImportSettings,
  type RecordKind,
} from './schema.ts'

/** More devices than this no key has; a batch of them must fit into one transaction. */
const DEVICES_MAX = 10_000
const QUANTITY_MAX = 1_000_000
const GRACE_MAX = 3_650

type Reader = ReturnType<typeof reader>

// Plain checks, no schemas: they are made for every field of every record.
const whyNotStorable = (text: string): string | null =>
  text.includes('\u0000') || !text.isWellFormed() ? 'it is not well-formed text' : null

// Reads the fields of one record; complaints are collected, so that a line is mended in one go.
function reader(values: Values, columns: Columns, order: DateOrder | null, now: Date, zone?: string) {
  const messages: string[] = []
  const raw = (field: ImportField): unknown => {
    const column = columns[field]
    return column === undefined ? undefined : values(column)
  }
  const text = (field: ImportField): string => {
    const value = raw(field)
    if (value === null || value === undefined || typeof value === 'object') return ''
    const trimmed = String(value).trim()
    // As programs write nothing; Null is a name.
    // And old databases have a date for it.
    return /^(null|NULL|n\/a|N\/A|undefined|0000-00-00.*)$/.test(trimmed) ? '' : trimmed
  }
  const words = (field: ImportField, what: string, max: number): string => {
    const value = text(field)
    const why = value.length > max ? `it is longer than ${max} characters` : whyNotStorable(value)
    if (why === null) return value
    messages.push(`The ${what} cannot be stored: ${why}.`)
    return ''
  }
  const date = (field: ImportField, what: string, { ends = false, ahead = true } = {}): Date | null => {
    const value = text(field)
    if (!value) return null
    const read = readDate(value, { order, ends, ...(zone && { zone }) })
    if (read === 'unclear') {
      messages.push(
        `The ${what} ${named(value)} can be read in two ways: say whether the day or the month comes first.`,
      )
      return null
    }
    if (read === null || read.getUTCFullYear() < 1990 || read.getUTCFullYear() > 9998) {
      const why = whyDamaged(value)
      messages.push(
        why
          ? `The ${what} cannot be read: ${why}.`
          : `The ${what} ${named(value)} is not a date. Write it like 2026-12-31 or 2026-12-31T18:00:00Z.`,
      )
      return null
    }
    if (!ahead && read.getTime() > now.getTime() + DAY_MS) {
      messages.push(`The ${what} ${named(value)} is in the future.`)
      return null
    }
    return read
  }
  const count = (field: ImportField, what: string, max: number): number => {
    const value = text(field)
    if (!value) return 0
    const read = readCount(value)
    if (read !== null && read <= max) return read
    const why = whyDamaged(value)
    messages.push(`${what} must be a whole number${why ? `: ${why}` : `, not ${named(value)}`}.`)
    return 0
  }
  const flag = (field: ImportField, what: string): boolean => {
    const value = text(field)
    const read = readFlag(value)
    if (read === null) messages.push(`${what} must be yes or no, not ${named(value)}.`)
    return read ?? false
  }
  const limit = (field: ImportField, what: string, empty: Limit, max: number): Limit => {
    const value = raw(field)
    if (value === undefined) return 'configuration'
    const written = text(field)
    if (!written) return empty
    const read = readLimit(written, max)
    const why = read === null ? whyDamaged(written) : null
    if (read === null)
      messages.push(`The ${what} must be a number or “unlimited”${why ? `: ${why}` : `, not ${named(written)}`}.`)
    return read ?? 'configuration'
  }
  const object = (field: ImportField, what: string): JsonObject => {
    const value = raw(field)
    if (value === undefined || value === null || value === '') return {}
    const parsed = typeof value === 'string' ? parseJson(value) : value
    const checked = StoredObject.safeParse(parsed ?? value)
    if (checked.success) return checked.data
    messages.push(`The ${what} must be a JSON object (${checked.error.issues[0]?.message ?? 'invalid'}).`)
    return {}
  }
  return { raw, text, words, date, count, flag, limit, object, messages }
}

/** A value of JSON; {} for nothing, undefined for what is none. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return exactJson(text)
  } catch {
    return undefined
  }
}

/** Reads one record of a kind. */
export function readRecord(
  kind: RecordKind,
  values: Values,
  settings: Pick<ImportSettings, 'columns' | 'dateOrder'>,
  habits: Habits & { shape?: KeyShape },
  now: Date,
  zone = 'UTC',
): Reading {
  const read = reader(values, settings.columns[kind], settings.dateOrder, now, zone)
  const outcome =
    kind === 'keys'
      ? readKey(read, settings.columns.keys, habits, settings.dateOrder, now)
      : kind === 'people'
        ? readPerson(read)
        : readDevice(read)
  if (read.messages.length === 0 || outcome.is === 'nothing') return outcome
  return {
    is: 'problem',
    key: kind === 'keys' ? maskedKeyText(read.text('key')) : '',
    messages: [...new Set(read.messages)],
  }
}

/** JSON keeps about sixteen digits of a number. */
const whyRounded = (value: unknown): string | null =>
  typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
    ? 'it is a number of more digits than JSON keeps: it must be a text, in quotes'
    : null

// What people wrote may begin with anything.
const FREE_TEXT = new Set<string>(['note', 'name', 'activationLabel', 'conditions', 'meta', 'activations', 'key'])

function readKey(
  read: Reader,
  columns: Columns,
  habits: Habits & { shape?: KeyShape },
  order: DateOrder | null,
  now: Date,
): Reading {
  const key = storedKeyString(read.text('key'))
  if (!key && habits.skipsWithoutKey) return { is: 'nothing' }
  if (!key) read.messages.push('There is no license key.')
  else if (/^[•*]|•/.test(key)) read.messages.push('This is a key as lists show it, not the whole key.')
  else if (key.length < 4) read.messages.push('The license key is too short: it needs at least 4 characters.')
  else if (key.length > 512 || whyNotStorable(key)) {
    read.messages.push('The license key is longer than 512 characters, or is not well-formed text.')
  } else {
    const why = whyRounded(read.raw('key')) ?? whyNoKey(key) ?? (habits.shape ? whyNotWhole(key, habits.shape) : null)
    if (why) read.messages.push(`This is not the whole key: ${why}.`)
  }
  for (const field of Object.keys(columns) as (keyof typeof fieldsOf.keys)[]) {
    if (FREE_TEXT.has(field)) continue
    const why = whyNoValue(read.text(field)) ?? whyRounded(read.raw(field))
    if (why) read.messages.push(`${fieldsOf.keys[field]}: ${why}.`)
  }
  // What was bought for somebody else is theirs, and the name and the id are of whoever paid.
  const giftee = read.text('giftee')
  const address = giftee || read.text('email')
  const email = readEmail(address) ?? ''
  const customerId = giftee ? null : read.words('customerId', 'customer id', 200) || null
  // Without an address the customer may be among the people of another file.
  if (!address && !customerId) read.messages.push('There is no customer e-mail.')
  if (address && !email) read.messages.push(`${named(address)} is not an e-mail address.`)

  const { meaning, reasons } = stateOf(read, habits)
  const end = endOf(read)
  if (read.flag('over', 'Subscription over') || (end !== null && end <= now)) reasons.push('ended')
  const expiry = expiryOf(read, habits.empty.expiresAt)
  const isSubscription = Boolean(read.text('recurrence')) || end !== null
  const device = read.text('activationId') || read.text('activationLabel') || read.text('fingerprint')
  const activations = [...listedDevices(read, order, now), ...(device ? [deviceOf(read)] : [])]
  const fingerprints = activations.flatMap(({ fingerprint }) => fingerprint ?? [])
  if (new Set(fingerprints).size < fingerprints.length)
    read.messages.push('Two of its devices have the same fingerprint.')
  const productText = tidyLine(read.words('product', 'product', 200))
  const productName = tidyLine(read.words('productName', 'product name', 80))
  const graceDays = read.text('graceDays')
  const draft: KeyDraft = {
    key,
    id: read.words('id', 'key id', 200) || null,
    externalId: read.words('externalId', 'id elsewhere', 200) || null,
    customer: {
      ...{ email, id: customerId },
      name: giftee ? null : tidyLine(read.words('name', 'customer name', 120)) || null,
    },
    configuration: read.words('configuration', 'key configuration', 200) || null,
    product: productText || productName ? { text: productText || productName, name: productName || productText } : null,
    order: read.words('order', 'order number', 80) || null,
    knownAs: {
      organization: read.words('organizationElsewhere', 'id of the organization', 200) || null,
      configuration: read.words('configurationElsewhere', 'id of the configuration', 200) || null,
    },
    status: meaning === 'expired' || meaning === 'revoked' ? 'granted' : meaning,
    saysExpired: meaning === 'expired',
    reasons: [...new Set(reasons)],
    isSubscription,
    isRenewal: read.flag('renewal', 'Renewal'),
    quantity: Math.max(1, read.count('quantity', 'The quantity', QUANTITY_MAX)),
    createdAt: read.date('createdAt', 'creation date', { ahead: false }),
    // One that is canceled and still runs ends on that day.
    expiresAt: end !== null && end > now && (expiry === 'configuration' || expiry === null) ? end : expiry,
    activationLimit: deviceLimitOf(read, habits),
    usageLimit: usageLimitOf(read, habits.empty.usageLimit),
    usage: read.count('usage', 'Uses', USAGE_MAX),
    validations: read.count('validations', 'Validations', Number.MAX_SAFE_INTEGER),
    lastValidatedAt: read.date('lastValidatedAt', 'date of the last validation', { ahead: false }),
    firstActivatedAt: read.date('firstActivatedAt', 'date of the first activation', { ahead: false }),
    graceDays: graceDays ? read.count('graceDays', 'Grace days', GRACE_MAX) : null,
    newDevicesBlocked: read.flag('newDevicesBlocked', 'New devices blocked'),
    note: tidyParagraphs(read.words('note', 'note', 2_000)),
    activations,
  }
  return { is: 'key', draft }
}

/** What the columns say against a key, each in its own words. */
function stateOf(read: Reader, habits: Habits): { meaning: StatusMeaning; reasons: RevokeReason[] } {
  const word = read.text('status')
  const isInactive = saysInactive(word)
  const meaning = isInactive ? habits.inactive : word ? readStatus(word) : 'granted'
  if (isInactive && meaning === null) {
    read.messages.push(
      `The status ${named(word)} can mean “not used yet” or “switched off”: say which (“Inactive” means).`,
    )
  } else if (meaning === null) read.messages.push(`The status ${named(word)} is not known.`)
  const reasons: RevokeReason[] = meaning === 'revoked' ? [reasonIn(word)] : []
  if (read.flag('revoked', 'Refunded or revoked') && !isSome(read, 'partlyRefunded')) reasons.push('refunded')
  // A chargeback that the seller won changes nothing in the end.
  if (read.flag('disputed', 'Charged back') && !read.flag('disputeWon', 'Chargeback won')) reasons.push('dispute')
  if (read.flag('accessRevoked', 'Access revoked')) reasons.push('by_hand')
  if (read.flag('unpaid', 'Not paid yet')) reasons.push('pending')
  if (read.flag('disabled', 'Switched off')) return { meaning: 'disabled', reasons }
  return { meaning: meaning ?? 'granted', reasons }
}

/** A yes, or an amount of money above nothing. */
function isSome(read: Reader, field: ImportField): boolean {
  const text = read.text(field)
  const amount = Number(text.replace(/[^\d.-]/g, ''))
  return /\d/.test(text) ? amount > 0 : readFlag(text) === true
}

/** When its subscription came, or comes, to an end. */
function endOf(read: Reader): Date | null {
  const ended = read.date('endedAt', 'end of the subscription', { ends: true })
  if (ended) return ended
  return (
    read.date('canceledAt', 'end of the subscription', { ends: true }) ??
    read.date('failedAt', 'end of the subscription', { ends: true })
  )
}

/** How many devices. Nothing at all is no limit in one shop, and no device in the next. */
function deviceLimitOf(read: Reader, { empty, zeroDevices }: Habits): Limit {
  if (!/^0+(?:[.,]0+)?$/.test(read.text('activationLimit')))
    return read.limit('activationLimit', 'device limit', empty.activationLimit, ACTIVATION_LIMIT_MAX)
  if (zeroDevices !== null) return zeroDevices
  read.messages.push(
    'The device limit 0 can mean “as many as they like” or “none at all”: say which (“0 devices” means).',
  )
  return 'configuration'
}

function expiryOf(read: Reader, empty: EmptyMeans['expiresAt']): Date | null | 'configuration' {
  const value = read.raw('expiresAt')
  if (value === undefined) return 'configuration'
  const text = read.text('expiresAt')
  if (
    /^(never|lifetime|perpetual|unlimited|none|-|0|nie|niemals|unbegrenzt|lebenslang|jamais|illimitée?|nunca|ilimitad[oa]|mai|illimitat[oa]|nooit|onbeperkt)$/i.test(
      text,
    )
  )
    return null
  if (!text) return empty === 'never' ? null : 'configuration'
  return read.date('expiresAt', 'expiry date', { ends: true })
}

function usageLimitOf(read: Reader, empty: Limit): Limit {
  const limit = read.limit('usageLimit', 'usage limit', empty, USAGE_MAX)
  if (limit === 'off') read.messages.push('The usage limit must be at least 1, or “unlimited”.')
  return limit
}

function deviceOf(read: Reader): ActivationDraft {
  // A placeholder that many machines have names none of them.
  const fingerprint = fingerprintOf(read.words('fingerprint', 'fingerprint of the device', 256) || null)
  const id = read.words('activationId', 'device id', 200) || null
  const label = tidyLine(read.words('activationLabel', 'device name', 256))
  return {
    id,
    externalId: read.words('activationExternalId', 'id of the device elsewhere', 200) || null,
    label: label || fingerprint || 'Device',
    fingerprint,
    createdAt: read.date('activationCreatedAt', 'date of the activation', { ahead: false }),
    lastValidatedAt: read.date('activationLastValidatedAt', 'date a device was last validated', { ahead: false }),
    validations: read.count('activationValidations', 'Validations of a device', Number.MAX_SAFE_INTEGER),
    conditions: read.object('conditions', 'conditions of a device'),
    meta: read.object('meta', 'facts about a device'),
  }
}

function readDevice(read: Reader): Reading {
  const of = read.text('activationOf')
  if (!of) read.messages.push('It does not say which key the device belongs to.')
  return { is: 'activation', of, draft: deviceOf(read) }
}

function readPerson(read: Reader): Reading {
  const id = read.text('personId')
  const email = readEmail(read.text('email'))
  // People who cannot be written to are no trouble until a key names them.
  if (!id || !email) return { is: 'nothing' }
  return { is: 'person', person: { id, email, name: tidyLine(read.words('name', 'customer name', 120)) || null } }
}

/** How lists of devices inside a record name their fields, in whatever export. */
const LISTED: Record<ActivationListField, string[]> = {
  activationId: ['id', 'activation_id', 'instance_id', 'identifier', 'machine_id', 'uuid'],
  activationLabel: ['label', 'name', 'instance_name', 'hostname', 'device', 'title'],
  fingerprint: ['fingerprint', 'hardware_id', 'hwid', 'device_id', 'machine_fingerprint'],
  activationCreatedAt: ['created_at', 'createdAt', 'created', 'activated_at'],
  activationLastValidatedAt: ['last_validated_at', 'lastValidatedAt', 'last_seen_at'],
  activationValidations: ['validations'],
  activationExternalId: ['external_id'],
  conditions: ['conditions'],
  meta: ['meta', 'metadata'],
}
type ActivationListField =
  | 'activationId'
  | 'activationLabel'
  | 'fingerprint'
  | 'activationCreatedAt'
  | 'activationLastValidatedAt'
  | 'activationValidations'
  | 'activationExternalId'
  | 'conditions'
  | 'meta'

function listedDevices(read: Reader, order: DateOrder | null, now: Date): ActivationDraft[] {
  const value = read.raw('activations')
  const parsed = typeof value === 'string' ? (value.trim() ? parseJson(value) : []) : (value ?? [])
  if (!Array.isArray(parsed)) {
    read.messages.push('The list of devices is not a JSON list.')
    return []
  }
  if (parsed.length > DEVICES_MAX) {
    const count = parsed.length.toLocaleString('en')
    read.messages.push(`It lists ${count} devices; a key can bring at most ${DEVICES_MAX.toLocaleString('en')}.`)
    return []
  }
  return parsed.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) {
      read.messages.push('A device in the list is not a JSON object.')
      return []
    }
    const object = item as Record<string, unknown>
    const columns: Columns = {}
    for (const [field, names] of Object.entries(LISTED)) {
      const found = names.find((name) => object[name] !== undefined && object[name] !== null)
      if (found) columns[field as ActivationListField] = found
    }
    const inner = reader((column) => object[column], columns, order, now)
    const device = deviceOf(inner)
    read.messages.push(...inner.messages)
    return [device]
  })
}
