import '#server-only'
import { HOUR_MS } from '../base/days.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { pool } from '../database/client.ts'
import { type Note, tellWith } from '../database/notes.ts'
import { ofBatch } from '../database/transaction.ts'
import type { Verb } from '../error-codes/schema.ts'
import { lastCharactersOf } from '../key-strings/rules.ts'
import type { ActivateCall, DeactivateCall, LicenseOutcome, ValidateCall } from '../license-calls/schema.ts'
import { type Asked, type LookedAt, OTHERS, ROWS_PER_HOUR } from './plain.ts'

// Refused calls with their values: kept in memory, written every few seconds. Of a kind per key, device and hour the first is kept whole and
// the others are counted, so a loop of refusals costs a map look-up each.

type Call = ValidateCall | ActivateCall | DeactivateCall

type Noted = {
  organizationId: string
  licenseKeyId: string | null
  subject: string
  device: string
  label: string | null
  verb: Verb
  code: string
  address: string | null
  lookedAt: LookedAt
  count: number
  firstAt: Date
  lastAt: Date
}

const EVERY_MS = 2_000
const ROWS_AT_ONCE = 500
const NEXT_ROWS_MS = 500
/** A note has room for so many ids. */
const KEYS_TOLD = 150
/** What waits to be written at most: of known keys, and of strings that anybody can make up. */
const WAITING_MAX = 10_000
const UNKNOWN_MAX = 1_000
/** So many unknown keys of an organization are told apart in an hour. */
const UNKNOWN_APART = 50
/** What is kept of an object that software sent. */
const OBJECT_CHARACTERS = 1_000

type Waiting = {
  notes: Map<string, Noted>
  unknown: Map<string, Set<string>>
  unknownHour: number
  unknownNotes: number
  timer: NodeJS.Timeout | undefined
  writing: Promise<void>
}
const waiting = perProcess(
  'refused-calls',
  (): Waiting => ({
    notes: new Map(),
    unknown: new Map(),
    unknownHour: 0,
    unknownNotes: 0,
    timer: undefined,
    writing: Promise.resolve(),
  }),
)

/** Notes a refused call, to be written soon. Waits for nothing, never throws, and is called for nothing else than a "no". */
export function noteRefusal(
  verb: Verb,
  call: Call,
  { verdict, key, of }: LicenseOutcome,
  address: string | null,
  now: Date,
): void {
  const organizationId = key?.organizationId ?? of?.organizationId ?? call.organization_id?.toLowerCase()
  if (!organizationId) return
  const licenseKeyId = key?.id ?? of?.licenseKeyId ?? null
  const hour = Math.floor(now.getTime() / HOUR_MS)
  const subject = licenseKeyId ?? unknownSubject(organizationId, call.key, hour)
  const device = deviceOf(call)
  const kind = `${organizationId} ${subject} ${hour} ${verdict.code} ${verb} ${device}`
  const known = waiting.notes.get(kind)
  if (known) {
    known.count++
    known.lastAt = now
    return
  }
  if (waiting.notes.size >= WAITING_MAX || (licenseKeyId === null && waiting.unknownNotes >= UNKNOWN_MAX)) return
  if (licenseKeyId === null) waiting.unknownNotes++
  const lookedAt = { said: verdict.detail, asked: askedOf(call), looked: verdict.looked ?? {} }
  waiting.notes.set(kind, {
    ...{ organizationId, licenseKeyId, subject, device, verb, code: verdict.code, address, lookedAt },
    label: 'label' in call ? call.label : null,
    ...{ count: 1, firstAt: now, lastAt: now },
  })
  waiting.timer ??= setTimeout(() => void writeSome(), EVERY_MS).unref()
}

/** The device a call names: by its id, what identifies it, or what it calls itself. */
function deviceOf(call: Call): string {
  const id = 'activation_id' in call ? call.activation_id?.toLowerCase() : null
  const fingerprint = 'fingerprint' in call ? call.fingerprint : null
  return id || fingerprint || ('label' in call ? call.label : '')
}

// Nobody knows whose it is, so no more of it is kept than lists show of keys. Anybody can make up keys and organizations: of those beyond
// what is told apart in an hour only the number is kept.
function unknownSubject(organizationId: string, keyString: string, hour: number): string {
  if (waiting.unknownHour !== hour) {
    waiting.unknown.clear()
    waiting.unknownHour = hour
  }
  let apart = waiting.unknown.get(organizationId)
  if (!apart && waiting.unknown.size < UNKNOWN_MAX) {
    apart = new Set()
    waiting.unknown.set(organizationId, apart)
  }
  const subject = `••••${lastCharactersOf(keyString.trim())}`
  if (!apart || (apart.size >= UNKNOWN_APART && !apart.has(subject))) return OTHERS
  apart.add(subject)
  return subject
}

/** What was asked beyond the key, without what was left out. */
function askedOf({ key: _, organization_id: __, ...rest }: Call): Asked {
  const asked = Object.entries(rest).filter(
    ([name, value]) => value !== null && value !== undefined && value !== 0 && name !== 'repeated',
  )
  return Object.fromEntries(asked.map(([name, value]) => [name, bounded(value)])) as Asked
}

const bounded = (value: unknown): unknown =>
  typeof value === 'object' && JSON.stringify(value).length > OBJECT_CHARACTERS ? { '…': 'too long to be kept' } : value

/** Writes all that was noted; for a server that stops. */
export async function flushRefusals(): Promise<void> {
  while (waiting.notes.size > 0) await writeSome()
  await waiting.writing
}

function writeSome(): Promise<void> {
  clearTimeout(waiting.timer)
  waiting.timer = undefined
  const notes = [...waiting.notes].slice(0, ROWS_AT_ONCE)
  for (const [kind, { licenseKeyId }] of notes) {
    waiting.notes.delete(kind)
    if (licenseKeyId === null) waiting.unknownNotes--
  }
  if (waiting.notes.size > 0) waiting.timer = setTimeout(() => void writeSome(), NEXT_ROWS_MS).unref()
  waiting.writing = waiting.writing.then(() => write(notes.map(([, note]) => note))).catch(complain)
  return waiting.writing
}

const complain = (error: unknown) => log.warn({ err: error }, 'refused calls could not be kept')

// What belongs to no organization of ours is left out. Of a key and hour only so many rows are told apart, whoever writes them: the others
// are those of OTHERS. A streak begins anew after a quiet week, and when the key itself was good in between.
const WRITE = `WITH input AS (
    SELECT n.* FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
      $9::text[], $10::jsonb[], $11::int[], $12::timestamptz[], $13::timestamptz[])
      AS n(organization_id, subject, hour, code, verb, device, license_key_id, label, address, looked_at, count, first_at, last_at)
    JOIN organizations o ON o.id = n.organization_id
  ), placed AS (
    SELECT i.*, CASE WHEN c.subject IS NULL
      AND (SELECT count(*) FROM call_refusals r WHERE r.organization_id = i.organization_id AND r.subject = i.subject AND r.hour = i.hour)
        + row_number() OVER (PARTITION BY i.organization_id, i.subject, i.hour, c.subject IS NULL ORDER BY i.first_at) > ${ROWS_PER_HOUR}
      THEN '${OTHERS}' ELSE i.device END AS place
    FROM input i LEFT JOIN call_refusals c ON c.organization_id = i.organization_id AND c.subject = i.subject AND c.hour = i.hour
      AND c.code = i.code AND c.verb = i.verb AND c.device = i.device
  ), hourly AS (
    INSERT INTO call_refusals (organization_id, subject, hour, code, verb, device, license_key_id, label, address, looked_at, count, first_at, last_at)
    SELECT organization_id, subject, hour, code, verb, place, (array_agg(license_key_id))[1],
      (array_agg(label ORDER BY first_at))[1], (array_agg(address ORDER BY first_at))[1],
      (array_agg(looked_at ORDER BY first_at))[1], sum(count), min(first_at), max(last_at)
    FROM placed GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (organization_id, subject, hour, code, verb, device)
      DO UPDATE SET count = call_refusals.count + EXCLUDED.count, last_at = greatest(call_refusals.last_at, EXCLUDED.last_at)
  )
  INSERT INTO troubles AS t (organization_id, subject, code, device, license_key_id, verb, label, address, looked_at, count, since, last_at)
  SELECT organization_id, subject, code, place, (array_agg(license_key_id))[1], (array_agg(verb ORDER BY last_at DESC))[1],
    (array_agg(label ORDER BY last_at DESC))[1], (array_agg(address ORDER BY last_at DESC))[1],
    (array_agg(looked_at ORDER BY last_at DESC))[1], sum(count), min(first_at), max(last_at)
  FROM placed GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (organization_id, subject, code, device) DO UPDATE SET verb = EXCLUDED.verb, label = EXCLUDED.label,
    address = EXCLUDED.address, looked_at = EXCLUDED.looked_at, last_at = greatest(t.last_at, EXCLUDED.last_at),
    (count, since) = (SELECT CASE WHEN anew THEN EXCLUDED.count ELSE t.count + EXCLUDED.count END,
        CASE WHEN anew THEN EXCLUDED.since ELSE least(t.since, EXCLUDED.since) END
      FROM (SELECT t.last_at < EXCLUDED.since - interval '7 days' OR (t.code IN ('REVOKED', 'DISABLED', 'EXPIRED') AND EXISTS (
        SELECT 1 FROM license_keys k WHERE k.id = t.license_key_id AND k.last_validated_at > t.last_at AND k.last_validated_at < EXCLUDED.since
      )) AS anew) streak)`

async function write(notes: Noted[]): Promise<void> {
  if (notes.length === 0) return
  const column = <Name extends keyof Noted>(name: Name) => notes.map((note) => note[name])
  const client = await pool.connect()
  try {
    // No flush to disk of its own: nobody waits for it, and the routes that count need the disk.
    await client.query('BEGIN; SET LOCAL synchronous_commit = off')
    await client.query({
      name: 'refusals_write',
      text: WRITE,
      values: [
        ...[column('organizationId'), column('subject')],
        notes.map(({ firstAt }) => new Date(Math.floor(firstAt.getTime() / HOUR_MS) * HOUR_MS)),
        ...[column('code'), column('verb'), column('device'), column('licenseKeyId'), column('label')],
        column('address'),
        notes.map(({ lookedAt }) => JSON.stringify(lookedAt)),
        ...[column('count'), column('firstAt'), column('lastAt')],
      ],
    })
    await tellWith(ofBatch(client), notesOf(notes))
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true)
    throw error
  }
}

// Pages of these keys that were told of the calls have looked already, before this was there.
function notesOf(noted: Noted[]): Note[] {
  const keys = new Map<string, Set<string>>()
  for (const { organizationId, licenseKeyId } of noted)
    if (licenseKeyId) keys.set(organizationId, (keys.get(organizationId) ?? new Set()).add(licenseKeyId))
  return [...keys].flatMap(([organizationId, all]) =>
    Array.from(
      { length: Math.ceil(all.size / KEYS_TOLD) },
      (_, i): Note => ({
        ...{ what: 'refusals', of: [organizationId] },
        keys: [...all].slice(i * KEYS_TOLD, (i + 1) * KEYS_TOLD),
      }),
    ),
  )
}
