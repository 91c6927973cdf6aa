import '#server-only'
import type { RevokeReason } from '#prisma/enums.ts'
import type { RecordKind } from '../import-fields/schema.ts'
import { hashKeyString } from '../key-strings/string.ts'
import { type ActivationDraft, isShortKey, type KeyDraft, type Person } from './drafts.ts'
import { maskedKeyText, named } from './named.ts'
import type { Reading, ReadRecord } from './read.ts'
import type { ImportFile, ImportSettings } from './schema.ts'
import { vendorExports } from './vendors.ts'

/** Why one record was not imported. */
export type Problem = { file: number; at: number; key: string; message: string }
/** A key to be decided. */
export type KeyUnit = { file: number; at: number; draft: KeyDraft; hash: string }
/** A device that comes after its key, or without it. `of` names the key by the hash of its text and by the text itself, as an id. */
export type DeviceUnit = {
  file: number
  at: number
  of: { hash: string; id: string | null }
  draft: ActivationDraft
  about: string
}
/** Records that are decided and written together, in one transaction, and how many were read up to their end. */
export type Batch = {
  keys: KeyUnit[]
  devices: DeviceUnit[]
  problems: Problem[]
  skipped: number
  merged: number
  position: number
}

/** Reads a file's records of some kinds, as often as it is asked. */
export type ReadFile = (file: number, kinds: readonly RecordKind[]) => AsyncIterable<ReadRecord>

/** Records, and devices listed in them, of one batch. */
const BATCH_SIZE = 1_000
const BATCH_DEVICES = 10_000

/** Bytes in hexadecimal. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
/** Six bytes of a hash or an id: enough to tell a million apart, and small to remember. */
export const sixBytes = (hash: string): number => Number.parseInt(hash.replaceAll('-', '').slice(-12), 16)

/**
 * The records of all files in batches, compared with each other. People come first, because keys name them; then keys, then devices
 * alone. `skip` records are only remembered: they were settled before.
 */
export async function* collect(
  files: ImportFile[],
  readFile: ReadFile,
  settings: ImportSettings,
  skip: number,
): AsyncGenerator<Batch> {
  const people = await peopleIn(files, readFile)
  const payments = vendorExports[settings.source].linePerPayment
    ? await paymentsIn(files, readFile)
    : new Map<number, Payments>()
  const { activationId, activationLabel, fingerprint } = settings.columns.keys
  const place = placer(people, payments, Boolean(activationId ?? activationLabel ?? fingerprint))
  let batch = emptyBatch(0)
  let records = 0
  let devices = 0
  const order = [...files.entries()].sort(([, a], [, b]) => rank(a.kind) - rank(b.kind))
  for (const [file] of order) {
    for await (const { at, reading } of readFile(file, ['keys', 'activations'])) {
      place(batch, file, at, reading)
      if (reading.is === 'key') devices += reading.draft.activations.length
      records++
      batch.position++
      if (records < BATCH_SIZE && devices < BATCH_DEVICES) continue
      if (batch.position > skip) yield batch
      batch = emptyBatch(batch.position)
      records = 0
      devices = 0
    }
  }
  if (records > 0 && batch.position > skip) yield batch
}

const emptyBatch = (position: number): Batch => ({
  keys: [],
  devices: [],
  problems: [],
  skipped: 0,
  merged: 0,
  position,
})

const rank = (kind: RecordKind | null): number => (kind === 'activations' ? 1 : 0)

async function peopleIn(files: ImportFile[], readFile: ReadFile): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for (const file of files.keys())
    for await (const { reading } of readFile(file, ['people']))
      if (reading.is === 'person') people.set(reading.person.id, reading.person)
  return people
}

/** Of a key that stands once for each payment: the record it is read from, and what all of them say against it. */
type Payments = { file: number; at: number; isRenewal: boolean; since: number; reasons: RevokeReason[] }

/** The first sale counts, and of several the oldest. */
async function paymentsIn(files: ImportFile[], readFile: ReadFile): Promise<Map<number, Payments>> {
  const payments = new Map<number, Payments>()
  for (const file of files.keys())
    for await (const { at, reading } of readFile(file, ['keys'])) {
      if (reading.is !== 'key') continue
      const { key, isRenewal, createdAt, reasons } = reading.draft
      const hash = sixBytes(hex(hashKeyString(key)))
      const known = payments.get(hash)
      // A renewal that was paid back ends nothing that its subscription's own end does not; one that was charged back does.
      const lasting = reasons.filter((reason) => reason === 'dispute' || reason === 'by_hand')
      const since = createdAt?.getTime() ?? Number.POSITIVE_INFINITY
      const isBetter = !known || (known.isRenewal === isRenewal ? since < known.since : known.isRenewal)
      const own = isBetter ? { file, at, isRenewal, since } : known
      payments.set(hash, { ...own, reasons: [...new Set([...(known?.reasons ?? []), ...lasting])] })
    }
  return payments
}

/** Puts readings into batches, in order: it remembers where each key string was seen first. */
function placer(people: Map<string, Person>, payments: Map<number, Payments>, isLineOfDevice: boolean) {
  const seenAt = new Map<number, number>()

  const placeKey = (batch: Batch, file: number, at: number, read: KeyDraft) => {
    const hash = hex(hashKeyString(read.key))
    const short = sixBytes(hash)
    const paid = payments.get(short)
    if (paid && (paid.file !== file || paid.at !== at)) {
      batch.merged++
      return
    }
    const draft = withPerson(withReasons(read, paid), people)
    const about = maskedKeyText(draft.key)
    const before = seenAt.get(short)
    if (before === undefined) {
      seenAt.set(short, at)
      if (draft.customer.email) batch.keys.push({ file, at, draft, hash })
      else batch.problems.push({ file, at, key: about, message: noPerson(draft) })
    } else if (isLineOfDevice && draft.activations.length > 0) {
      for (const device of draft.activations)
        batch.devices.push({ file, at, of: { hash, id: null }, draft: device, about })
    } else batch.problems.push({ file, at, key: about, message: twice(draft, before) })
  }

  return (batch: Batch, file: number, at: number, reading: Reading) => {
    if (reading.is === 'nothing') batch.skipped++
    else if (reading.is === 'problem')
      batch.problems.push({ file, at, key: reading.key, message: reading.messages.join(' ') })
    else if (reading.is === 'activation') {
      const of = { hash: hex(hashKeyString(reading.of)), id: reading.of }
      batch.devices.push({ file, at, of, draft: reading.draft, about: '' })
    } else if (reading.is === 'key') placeKey(batch, file, at, reading.draft)
  }
}

const withReasons = (draft: KeyDraft, paid: Payments | undefined): KeyDraft =>
  paid && paid.reasons.length > 0 ? { ...draft, reasons: [...new Set([...draft.reasons, ...paid.reasons])] } : draft

function withPerson(draft: KeyDraft, people: Map<string, Person>): KeyDraft {
  const person = people.get(draft.customer.id ?? '')
  if (draft.customer.email || !person) return draft
  return { ...draft, customer: { ...draft.customer, email: person.email, name: draft.customer.name ?? person.name } }
}

/** Short keys that come twice are often the beginnings of longer ones. */
const twice = (draft: KeyDraft, at: number): string =>
  `The same key stands before, at ${at}.${
    isShortKey(draft) ? ` It has only ${draft.key.length} characters: was it cut off, or is this another column?` : ''
  }`

const noPerson = ({ customer }: KeyDraft): string =>
  `There is no customer e-mail, and no customer with the id ${named(customer.id ?? '')} in the files.`
