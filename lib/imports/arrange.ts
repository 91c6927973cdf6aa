import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import type { describeActor } from '../base/actor.ts'
import { idFrom } from '../base/ids.ts'
import { hashKeyString } from '../key-strings/string.ts'
import {
  type ActivationDraft,
  type Habits,
  type KeyDraft,
  maskedKeyText,
  named,
  type Person,
  type Reading,
} from './rules.ts'
import type { ImportSettings } from './schema.ts'

/** A record and what it was read as. */
export type Unit = { file: number; at: number; reading: Reading }

/** Why one record was not imported. */
export type Problem = { file: number; at: number; key: string; message: string }

/** The record a key is read from when it has several, one for each payment. */
export type Payments = { file: number; at: number; isRenewal: boolean; since: number; reasons: RevokeReason[] }

/** What one way through the files remembers: small things of every record, so that the next record can be compared with them. */
export type Pass = {
  organizationId: string
  importId: string
  /** How history names the import. */
  name: string
  settings: ImportSettings
  /** The organization's: a day alone ends there. */
  timeZone: string
  habits: Habits
  people: Map<string, Person>
  /** Of keys that stand once for each payment: which record they are read from, and what the others say against them. */
  payments: Map<number, Payments>
  /** Where each key string was seen first, by six bytes of its hash. */
  seenKeys: Map<number, { file: number; at: number }>
  /** Ids, addresses and references that the way so far would have written; only asked while nothing is written. */
  pending: {
    keyIds: Set<number>
    emails: Set<string>
    orders: Set<string>
    products: Set<string>
    devices: Set<number>
  }
  /** Keys that got another id than their text stands for. */
  aliases: Map<string, string>
  writes: boolean
  by: ReturnType<typeof describeActor>
}

/** A key to be decided. */
export type KeyUnit = { file: number; at: number; draft: KeyDraft; hash: string }
/** A device that comes after its key, or without it. */
export type DeviceUnit = {
  file: number
  at: number
  of: { hash: string; id: string }
  draft: ActivationDraft
  about: string
}

/** A batch whose records were compared with those before; what the database says of it comes later. */
export type Arranged = {
  keys: KeyUnit[]
  devices: DeviceUnit[]
  problems: Problem[]
  skipped: number
  merged: number
}

/** Bytes in hexadecimal. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
/** Six bytes of a hash or an id: enough to tell a million apart, and small to remember. */
export const short = (hash: string): number => Number.parseInt(hash.replaceAll('-', '').slice(-12), 16)

/** Sorts records into keys, devices and problems. Once per batch and in order: it remembers what it saw. */
export function arrange(pass: Pass, units: Unit[]): Arranged {
  const arranged: Arranged = { keys: [], devices: [], problems: [], skipped: 0, merged: 0 }
  const { columns } = pass.settings
  // One device per line: a key has as many lines as devices.
  const isLineOfDevice = Boolean(columns.keys.activationId ?? columns.keys.activationLabel ?? columns.keys.fingerprint)
  for (const { file, at, reading } of units) {
    if (reading.is === 'nothing') arranged.skipped++
    else if (reading.is === 'problem') {
      arranged.problems.push({ file, at, key: reading.key, message: reading.messages.join(' ') })
    } else if (reading.is === 'activation') {
      const of = { hash: hex(hashKeyString(reading.of)), id: pass.aliases.get(reading.of) ?? idFrom(reading.of) }
      arranged.devices.push({ file, at, of, draft: reading.draft, about: '' })
    } else if (reading.is === 'key') {
      const hash = hex(hashKeyString(reading.draft.key))
      const payments = pass.payments.get(short(hash))
      if (payments && (payments.file !== file || payments.at !== at)) {
        arranged.merged++
        continue
      }
      const first = pass.seenKeys.get(short(hash))
      const draft = withPerson(withReasons(reading.draft, payments), pass.people)
      const key = maskedKeyText(draft.key)
      if (!first) {
        pass.seenKeys.set(short(hash), { file, at })
        if (draft.customer.email) arranged.keys.push({ file, at, draft, hash })
        else arranged.problems.push({ file, at, key, message: noPerson(draft) })
      } else if (isLineOfDevice && draft.activations.length > 0) {
        for (const device of draft.activations)
          arranged.devices.push({ file, at, of: { hash, id: '' }, draft: device, about: key })
      } else arranged.problems.push({ file, at, key, message: twice(draft, first.at) })
    }
  }
  return arranged
}

/** Notes a record of a key that stands once for each payment. The first sale counts, and of several the oldest. */
export function notePayment(pass: Pass, { file, at, reading }: Unit): void {
  if (reading.is !== 'key') return
  const { key, isRenewal, createdAt, reasons } = reading.draft
  const hash = short(hex(hashKeyString(key)))
  const known = pass.payments.get(hash)
  // A renewal that was paid back ends nothing that its subscription's own end does not; one that was charged back does.
  const lasting = reasons.filter((reason) => reason === 'dispute' || reason === 'by_hand')
  const since = createdAt?.getTime() ?? Number.POSITIVE_INFINITY
  const isBetter = !known || (known.isRenewal === isRenewal ? since < known.since : known.isRenewal)
  const own = isBetter ? { file, at, isRenewal, since } : known
  pass.payments.set(hash, { ...own, reasons: [...new Set([...(known?.reasons ?? []), ...lasting])] })
}

const withReasons = (draft: KeyDraft, payments: Payments | undefined): KeyDraft =>
  payments && payments.reasons.length > 0
    ? { ...draft, reasons: [...new Set([...draft.reasons, ...payments.reasons])] }
    : draft

const SHORT_KEY = 8

/** Short keys that come twice are often the beginnings of longer ones. */
const twice = ({ key }: KeyDraft, at: number): string =>
  `The same key stands before, at ${at}.${
    key.length < SHORT_KEY ? ` It has only ${key.length} characters: was it cut off, or is this another column?` : ''
  }`

/** True for a key that is easily guessed. */
export const isShortKey = ({ key }: KeyDraft): boolean => key.length < SHORT_KEY

function withPerson(draft: KeyDraft, people: Map<string, Person>): KeyDraft {
  const person = people.get(draft.customer.id ?? '')
  if (draft.customer.email || !person) return draft
  return { ...draft, customer: { ...draft.customer, email: person.email, name: draft.customer.name ?? person.name } }
}

const noPerson = ({ customer }: KeyDraft): string =>
  `There is no customer e-mail, and no customer with the id ${named(customer.id ?? '')} in the files.`
