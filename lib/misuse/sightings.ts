import '#server-only'
import { countryOf } from '../base/countries.ts'
import { log } from '../base/log.ts'
import { perProcess } from '../base/per-process.ts'
import { prisma } from '../database/client.ts'
import { hexHashOf } from '../secrets/secrets.ts'
import { DAY_MS, type Sighting } from './places.ts'
import { ADDRESS_DAYS_MAX, ROWS_PER_KEY_DAY } from './plain.ts'
import { areaOf, networkOfAddress, type Seen, sightingsOf, Tally } from './tally.ts'

// What calls show of where a key is used: added up in memory, written every few seconds in bounded batches. Addresses are hashed before
// they are written, with a key that changes every 90 days.

const EVERY_MS = 5_000
const ROWS_AT_ONCE = 1_000
const NEXT_ROWS_MS = 500
const ROWS_IN_MEMORY = 50_000
/** A key is looked at again at most so often. */
const LOOK_AGAIN_MS = 6 * 3_600_000

type Waiting = { keyId: string; organizationId: string; dropped: number; sightings: Sighting[] }
type Counting = {
  tally: Tally
  organizations: Map<string, string>
  waiting: Waiting[]
  timer: NodeJS.Timeout | null
  writing: Promise<void> | null
}

const counting = perProcess(
  'sightings',
  (): Counting => ({ tally: new Tally(), organizations: new Map(), waiting: [], timer: null, writing: null }),
)

type Noted = {
  verdict: { valid: boolean; code: string }
  key: { id: string; organizationId: string } | null
  activation: { id: string; fingerprint: string | null } | null
}
type NotedCall = { fingerprint?: string | null | undefined; label?: string | undefined }

/** Notes one call of client software. Never waits and never throws; a call that knows no key shows nothing. */
export function noteSighting(
  address: string | null,
  call: NotedCall,
  { verdict, key, activation }: Noted,
  at = Date.now(),
): void {
  // A storm from everywhere is no evidence, and must not fill the memory.
  if (!key || counting.tally.rows >= ROWS_IN_MEMORY) return
  const seen: Seen = verdict.valid ? 'yes' : verdict.code === 'ACTIVATION_LIMIT_REACHED' ? 'full' : 'no'
  const device = activation ? (activation.fingerprint ?? activation.id) : (call.fingerprint ?? call.label ?? null)
  counting.tally.add(key.id, device, networkOfAddress(address ?? ''), seen, at)
  counting.organizations.set(key.id, key.organizationId)
  if (counting.timer === null) writeSoon(EVERY_MS)
}

function writeSoon(inMs: number): void {
  counting.timer ??= setTimeout(() => {
    counting.timer = null
    void writeSome()
  }, inMs).unref()
}

/** Writes everything that was seen; for a server that stops. */
export async function flushSightings(): Promise<void> {
  while (counting.waiting.length > 0 || counting.tally.days.size > 0) await writeSome()
  if (counting.timer) clearTimeout(counting.timer)
  counting.timer = null
}

async function writeSome(): Promise<void> {
  if (counting.writing) return counting.writing
  if (counting.waiting.length === 0) counting.waiting = take()
  const some: Waiting[] = []
  for (let rows = 0; counting.waiting.length > 0 && rows < ROWS_AT_ONCE; ) {
    const next = counting.waiting.pop() as Waiting
    some.push(next)
    rows += next.sightings.length
  }
  if (some.length === 0) return
  counting.writing = write(some, new Date())
    .catch((error) => log.warn({ err: error }, 'sightings were lost'))
    .finally(() => {
      counting.writing = null
      if (counting.waiting.length > 0) writeSoon(NEXT_ROWS_MS)
      else if (counting.tally.days.size > 0) writeSoon(EVERY_MS)
    })
  return counting.writing
}

function take(): Waiting[] {
  const { tally, organizations } = counting
  counting.tally = new Tally()
  counting.organizations = new Map()
  return [...tally.days].flatMap(([day, keys]) =>
    Array.from(keys, ([keyId, of]) => ({
      keyId,
      organizationId: organizations.get(keyId) ?? '',
      dropped: of.dropped,
      sightings: [...sightingsOf(day, of)],
    })),
  )
}

const HASH_LENGTH = 24
const PERIOD_DAYS = 90

/** A device by its fingerprint or activation, as sightings name it; '' for none. */
export const deviceHash = (organizationId: string, device: string | null): string =>
  device === null ? '' : hexHashOf('sighting', `${organizationId}|device|${device}`).slice(0, HASH_LENGTH)

/** A network as sightings name it on a day. */
export const networkHash = (organizationId: string, day: number, network: string): string =>
  hexHashOf('sighting', `${organizationId}|${Math.floor(day / PERIOD_DAYS)}|${network}`).slice(0, HASH_LENGTH)

// Rows of a key and day that are there may grow; new ones are added up to the limit, whichever process sees them.
const INSERT = `WITH input AS (
    SELECT * FROM json_to_recordset($1::json) AS i(key uuid, day date, device text, network text, organization uuid, area text, prefix text,
      country text, hours int, yes int, no int, "full" int)
  ), counted AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.key, i.day ORDER BY i.yes DESC) + (
      SELECT count(*) FROM sightings s WHERE s.license_key_id = i.key AND s.day = i.day
    ) AS place, EXISTS (
      SELECT 1 FROM sightings s WHERE s.license_key_id = i.key AND s.day = i.day AND s.device = i.device AND s.network = i.network
    ) AS known FROM input i
  )
  INSERT INTO sightings (license_key_id, day, device, network, organization_id, area, prefix, country, hours, yes, no, "full")
  SELECT key, day, device, network, organization, area, prefix, country, hours, yes, no, "full" FROM counted
  WHERE known OR place <= ${ROWS_PER_KEY_DAY} ORDER BY key, day, device, network
  ON CONFLICT (license_key_id, day, device, network) DO UPDATE SET
    country = COALESCE(sightings.country, EXCLUDED.country), hours = sightings.hours | EXCLUDED.hours,
    yes = sightings.yes + EXCLUDED.yes, no = sightings.no + EXCLUDED.no, "full" = sightings."full" + EXCLUDED."full"`

const DUE = `INSERT INTO key_risks (license_key_id, organization_id, due_at, uncounted)
  SELECT key, organization, $2, dropped FROM json_to_recordset($1::json) AS i(key uuid, organization uuid, dropped int) ORDER BY 1
  ON CONFLICT (license_key_id) DO UPDATE SET uncounted = key_risks.uncounted + EXCLUDED.uncounted,
    due_at = COALESCE(key_risks.due_at, greatest(EXCLUDED.due_at, key_risks.assessed_at + $3 * interval '1 millisecond'))
  WHERE key_risks.due_at IS NULL OR EXCLUDED.uncounted > 0`

async function write(some: Waiting[], now: Date): Promise<void> {
  const rows = some.flatMap(({ keyId, organizationId, sightings }) =>
    sightings.map(({ device, day, network, ...counts }) => ({
      ...counts,
      key: keyId,
      organization: organizationId,
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      device: deviceHash(organizationId, device),
      network: networkHash(organizationId, day, network),
      area: networkHash(organizationId, day, areaOf(network)),
      prefix: network,
      country: countryOf(network),
    })),
  )
  const keys = new Map<string, { key: string; organization: string; dropped: number }>()
  for (const { keyId, organizationId, dropped } of some) {
    const before = keys.get(keyId)?.dropped ?? 0
    keys.set(keyId, { key: keyId, organization: organizationId, dropped: before + dropped })
  }
  await prisma.$transaction(async (tx) => {
    // No flush to disk of its own: nobody waits for this, and the routes that count need the disk.
    await tx.$executeRaw`SET LOCAL synchronous_commit = off`
    await tx.$executeRawUnsafe(INSERT, JSON.stringify(rows))
    await tx.$executeRawUnsafe(DUE, JSON.stringify([...keys.values()]), now, LOOK_AGAIN_MS)
  })
}

const ROWS_PURGED_AT_ONCE = 20_000

/** Forgets what is too old to be evidence, and addresses that organizations want forgotten. For the hourly sweep. */
export async function purgeSightings(now: Date): Promise<void> {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS)
  for (;;) {
    const purged = await prisma.$executeRaw`DELETE FROM sightings WHERE ctid IN (
      SELECT ctid FROM sightings WHERE day < ${before(ADDRESS_DAYS_MAX)}::date LIMIT ${ROWS_PURGED_AT_ONCE})`
    if (purged < ROWS_PURGED_AT_ONCE) break
  }
  for (;;) {
    const forgotten = await prisma.$executeRaw`UPDATE sightings SET prefix = NULL WHERE ctid IN (
      SELECT s.ctid FROM sightings s LEFT JOIN misuse_settings m ON m.organization_id = s.organization_id
      WHERE s.prefix IS NOT NULL AND s.day <= ${now}::date - COALESCE(m.address_days, 30) LIMIT ${ROWS_PURGED_AT_ONCE})`
    if (forgotten < ROWS_PURGED_AT_ONCE) break
  }
}
