import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import { originalCell } from '../base/spreadsheet.ts'
import { fingerprintOf, readEmail, tidyLine } from '../base/text.ts'
import { isErasedAddress } from '../customers/rules.ts'
import {
  type Columns,
  type DeviceField,
  type EmptyMeans,
  fieldsOf,
  type ImportField,
  type Limit,
  type RecordKind,
} from '../import-fields/schema.ts'
import { storedKeyString } from '../key-strings/string.ts'
import { USAGE_MAX } from '../license-keys/rules.ts'
import { type KeyShape, keyShapeOf, whyNoKey, whyNotWhole, whyNoValue } from './damaged-cells.ts'
import type { ActivationDraft, Habits, KeyDraft, Person, Values } from './drafts.ts'
import { Fields, whyNotStorable } from './fields.ts'
import { habitsOf } from './mappings.ts'
import { maskedKeyText, named } from './named.ts'
import { ACTIVATION_LIMIT_MAX } from './rules.ts'
import { freeText, readSaid } from './said.ts'
import type { ImportFile, ImportSettings } from './schema.ts'
import type { OpenedFile, SourceRecord } from './source-record.ts'
import { vendorExports } from './vendors.ts'
import { readFlag, readStatus, reasonIn, type StatusMeaning, saysInactive } from './words.ts'

/** More devices than this no key has; a batch of them must fit into one transaction. */
const DEVICES_MAX = 10_000
const QUANTITY_MAX = 1_000_000
const GRACE_MAX = 3_650

/** What a record came to. */
export type Reading =
  | { is: 'key'; draft: KeyDraft }
  | { is: 'activation'; of: string; draft: ActivationDraft }
  | { is: 'person'; person: Person }
  | { is: 'nothing' }
  | { is: 'problem'; key: string; messages: string[] }

/** A record as it was read, and where in its file it stands. */
export type ReadRecord = { at: number; reading: Reading }

/** Reads the records of a file that are of some kinds; as often as it is asked, for each reading opens the file anew. */
export function readerOf(
  files: ImportFile[],
  openFile: (file: number) => Promise<OpenedFile>,
  settings: ImportSettings,
  zone: string,
  now: Date,
) {
  const { types } = vendorExports[settings.source]
  const habits = habitsOf(settings)
  let shape: KeyShape | undefined

  async function* recordsOf(file: number, kinds: readonly RecordKind[]) {
    const ofFile = files[file]?.kind ?? 'keys'
    if (!types && !kinds.includes(ofFile)) return
    for await (const record of (await openFile(file)).records) {
      const kind = types && record.type !== null ? types[record.type] : ofFile
      if (kind && kinds.includes(kind)) yield { kind, record }
    }
  }

  /** What the keys at the beginning of the files have in common. */
  async function keyShape(): Promise<KeyShape> {
    const column = settings.columns.keys.key
    const keys: string[] = []
    for (const file of files.keys()) {
      if (!column || keys.length >= SHAPE_KEYS) break
      for await (const { record } of recordsOf(file, ['keys'])) {
        const value = record.values(column)
        if (typeof value === 'string' || typeof value === 'number') keys.push(String(value).trim())
        if (keys.length >= SHAPE_KEYS) break
      }
    }
    return keyShapeOf(keys.filter(Boolean))
  }

  return async function* read(file: number, kinds: readonly RecordKind[]): AsyncGenerator<ReadRecord> {
    if (kinds.includes('keys')) shape ??= await keyShape()
    const isOurs = settings.source === 'latchkey' && files[file]?.format === 'csv'
    for await (const { kind, record } of recordsOf(file, kinds)) {
      const cell = isOurs ? cellsOf(record) : record.values
      const reading: Reading = record.fault
        ? { is: 'problem', key: '', messages: [record.fault] }
        : readRecord(kind, cell, settings, shape ? { ...habits, shape } : habits, now, zone)
      yield { at: record.at, reading }
    }
  }
}

/** So many keys tell what keys look like in these files. */
const SHAPE_KEYS = 2_000

/** The cells of our own export as they were before it kept spreadsheets from taking them for formulas. */
const cellsOf =
  ({ values }: SourceRecord): Values =>
  (column) => {
    const value = values(column)
    return typeof value === 'string' ? originalCell(value) : value
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
  const read = new Fields(values, settings.columns[kind], { order: settings.dateOrder, zone, now })
  const reading =
    kind === 'keys'
      ? readKey(read, settings.columns.keys, habits, now)
      : kind === 'people'
        ? readPerson(read)
        : readDevice(read)
  const messages = read.complaints
  if (messages.length === 0 || reading.is === 'nothing') return reading
  return { is: 'problem', key: kind === 'keys' ? maskedKeyText(read.text('key')) : '', messages }
}

/** JSON keeps about sixteen digits of a number. */
const whyRounded = (value: unknown): string | null =>
  typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
    ? 'it is a number of more digits than JSON keeps: it must be a text, in quotes'
    : null

// What people wrote may begin with anything.
const FREE_TEXT = new Set<string>([...freeText, 'name', 'activationLabel', 'conditions', 'meta', 'activations', 'key'])

function readKey(read: Fields, columns: Columns, habits: Habits & { shape?: KeyShape }, now: Date): Reading {
  const key = storedKeyString(read.text('key'))
  if (!key && habits.skipsWithoutKey) return { is: 'nothing' }
  const whyNot = whyNotTaken(read, key, habits.shape)
  if (whyNot) read.complain(whyNot)
  checkCells(read, columns)
  const customer = customerOf(read)
  const { meaning, reasons } = stateOf(read, habits)
  const end = endOf(read)
  if (read.flag('over', 'Subscription over') || (end !== null && end <= now)) reasons.push('ended')
  const expiry = expiryOf(read, habits.empty.expiresAt)
  const isSubscription = Boolean(read.text('recurrence')) || end !== null
  const device = read.text('activationId') || read.text('activationLabel') || read.text('fingerprint')
  const activations = [...listedDevices(read), ...(device ? [deviceOf(read)] : [])]
  const fingerprints = activations.flatMap(({ fingerprint }) => fingerprint ?? [])
  if (new Set(fingerprints).size < fingerprints.length) read.complain('Two of its devices have the same fingerprint.')
  const product = productOf(read)
  const graceDays = read.text('graceDays')
  const draft: KeyDraft = {
    key,
    id: read.words('id', 'key id', 200) || null,
    externalId: read.words('externalId', 'id elsewhere', 200) || null,
    customer: {
      ...customer,
      name:
        read.text('giftee') || isErasedAddress(customer.email)
          ? null
          : tidyLine(read.words('name', 'customer name', 120)) || null,
    },
    configuration: read.words('configuration', 'key configuration', 200) || null,
    product,
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
    ...readSaid(read),
    firstActivatedAt: read.date('firstActivatedAt', 'date of the first activation', { ahead: false }),
    graceDays: graceDays ? read.count('graceDays', 'Grace days', GRACE_MAX) : null,
    activations,
  }
  return { is: 'key', draft }
}

function whyNotTaken(read: Fields, key: string, shape: KeyShape | undefined): string | null {
  if (!key) return 'There is no license key.'
  if (/^[•*]|•/.test(key)) return 'This is a key as lists show it, not the whole key.'
  if (key.length < 4) return 'The license key is too short: it needs at least 4 characters.'
  if (key.length > 512 || whyNotStorable(key))
    return 'The license key is longer than 512 characters, or is not well-formed text.'
  const why = whyRounded(read.raw('key')) ?? whyNoKey(key) ?? (shape ? whyNotWhole(key, shape) : null)
  return why && `This is not the whole key: ${why}.`
}

function checkCells(read: Fields, columns: Columns): void {
  for (const field of Object.keys(columns) as (keyof typeof fieldsOf.keys)[]) {
    if (FREE_TEXT.has(field)) continue
    const why = whyNoValue(read.text(field)) ?? whyRounded(read.raw(field))
    if (why) read.complain(`${fieldsOf.keys[field]}: ${why}.`)
  }
}

/** What was bought for somebody else is theirs, and the name and the id are of whoever paid. */
function customerOf(read: Fields): Omit<KeyDraft['customer'], 'name'> {
  const giftee = read.text('giftee')
  const address = giftee || read.text('email')
  const email = readEmail(address) ?? ''
  // Keys of somebody whose personal data was deleted come along, and nothing that would say who it was.
  const id = giftee || isErasedAddress(email) ? null : read.words('customerId', 'customer id', 200) || null
  // Without an address the customer may be among the people of another file.
  if (!address && !id) read.complain('There is no customer e-mail.')
  if (address && !email) read.complain(`${named(address)} is not an e-mail address.`)
  return { email, id }
}

function productOf(read: Fields): KeyDraft['product'] {
  const text = tidyLine(read.words('product', 'product', 200))
  const name = tidyLine(read.words('productName', 'product name', 80))
  return text || name ? { text: text || name, name: name || text } : null
}

/** What the columns say against a key, each in its own words. */
function stateOf(read: Fields, habits: Habits): { meaning: StatusMeaning; reasons: RevokeReason[] } {
  const word = read.text('status')
  const isInactive = saysInactive(word)
  const meaning = isInactive ? habits.inactive : word ? readStatus(word) : 'granted'
  if (isInactive && meaning === null) {
    read.complain(`The status ${named(word)} can mean “not used yet” or “switched off”: say which (“Inactive” means).`)
  } else if (meaning === null) read.complain(`The status ${named(word)} is not known.`)
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
function isSome(read: Fields, field: ImportField): boolean {
  const text = read.text(field)
  const amount = Number(text.replace(/[^\d.-]/g, ''))
  return /\d/.test(text) ? amount > 0 : readFlag(text) === true
}

/** When its subscription came, or comes, to an end. */
function endOf(read: Fields): Date | null {
  const ended = read.date('endedAt', 'end of the subscription', { ends: true })
  if (ended) return ended
  return (
    read.date('canceledAt', 'end of the subscription', { ends: true }) ??
    read.date('failedAt', 'end of the subscription', { ends: true })
  )
}

/** How many devices. Nothing at all is no limit in one shop, and no device in the next. */
function deviceLimitOf(read: Fields, { empty, zeroDevices }: Habits): Limit {
  if (!/^0+(?:[.,]0+)?$/.test(read.text('activationLimit')))
    return read.limit('activationLimit', 'device limit', empty.activationLimit, ACTIVATION_LIMIT_MAX)
  if (zeroDevices !== null) return zeroDevices
  read.complain('The device limit 0 can mean “as many as they like” or “none at all”: say which (“0 devices” means).')
  return 'configuration'
}

function expiryOf(read: Fields, empty: EmptyMeans['expiresAt']): Date | null | 'configuration' {
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

function usageLimitOf(read: Fields, empty: Limit): Limit {
  const limit = read.limit('usageLimit', 'usage limit', empty, USAGE_MAX)
  if (limit === 'off') read.complain('The usage limit must be at least 1, or “unlimited”.')
  return limit
}

function deviceOf(read: Fields): ActivationDraft {
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

function readDevice(read: Fields): Reading {
  const of = read.text('activationOf')
  if (!of) read.complain('It does not say which key the device belongs to.')
  return { is: 'activation', of, draft: deviceOf(read) }
}

function readPerson(read: Fields): Reading {
  const id = read.text('personId')
  const email = readEmail(read.text('email'))
  // People who cannot be written to are no trouble until a key names them.
  if (!id || !email) return { is: 'nothing' }
  return { is: 'person', person: { id, email, name: tidyLine(read.words('name', 'customer name', 120)) || null } }
}

/** How lists of devices inside a record name their fields, in whatever export. */
const LISTED: Record<DeviceField, string[]> = {
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

function listedDevices(read: Fields): ActivationDraft[] {
  const listed = read.list('activations', 'devices') ?? []
  if (listed.length > DEVICES_MAX) {
    const count = listed.length.toLocaleString('en')
    read.complain(`It lists ${count} devices; a key can bring at most ${DEVICES_MAX.toLocaleString('en')}.`)
    return []
  }
  return listed.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) {
      read.complain('A device in the list is not a JSON object.')
      return []
    }
    const object = item as Record<string, unknown>
    const columns: Columns = {}
    for (const [field, names] of Object.entries(LISTED)) {
      const found = names.find((name) => object[name] !== undefined && object[name] !== null)
      if (found) columns[field as DeviceField] = found
    }
    const inner = read.inside((column) => object[column], columns)
    const device = deviceOf(inner)
    read.complain(...inner.complaints)
    return [device]
  })
}
