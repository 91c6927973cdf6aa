import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import type { Verb } from '../error-codes/schema.ts'
import { type Help, helpFor, surroundingsOf } from './help.ts'
import {
  KEPT_DAYS,
  type LookedAt,
  type RefusedCall,
  type TroubleState,
  type TroubleWindow,
  troubleWindows,
} from './plain.ts'
import { type Group, groupsOf, lookedAtOf, troubleRows } from './rows.ts'

/** The queue looks at so many of the newest troubles, a row for each device. */
const LOOKED_AT_ONCE = 1_000
/** And says how many are open up to so many. */
export const OPEN_SHOWN_MAX = 99
const OPEN_LOOKED_AT = 400
/** How many of a cause are shown beside others, and of one cause alone. */
const PER_CAUSE = 10
export const PER_PAGE = 50

const known = Prisma.sql`AND t.license_key_id IS NOT NULL`
const nobodys = Prisma.sql`AND t.license_key_id IS NULL`

/** A trouble of the queue, with what is said of it and what helps. */
export type Trouble = Omit<Group, 'last'> &
  Help & {
    verb: Verb
    device: string
    address: string | null
    lastAt: Date
    licenseKey: {
      id: string
      masked: string
      customer: { id: string; name: string | null; email: string }
      product: string | null
      configurationId: string
      purchaseId: string | null
    } | null
  }

/** People whose software is refused, by cause: how many there are in each state, and some of each cause. */
export async function troubleQueue(
  merchant: Merchant,
  { window, state, cause, page }: { window: TroubleWindow; state: TroubleState; cause: string | null; page: number },
  now: Date,
) {
  assertMay(merchant, 'keys.read')
  const since = new Date(now.getTime() - troubleWindows[window] * DAY_MS)
  // Strings that anybody can make up never crowd out customers.
  const [rows, unknown] = await Promise.all([
    troubleRows(merchant, { since, limit: LOOKED_AT_ONCE, some: known }, now),
    state === 'open' ? troubleRows(merchant, { since, limit: PER_PAGE, some: nobodys }, now) : [],
  ])
  const customers = groupsOf(rows, now)
  const all = [...customers, ...groupsOf(unknown, now)]
  const counts: Record<TroubleState, number> = { open: 0, snoozed: 0, fixed: 0, solved: 0 }
  for (const { state } of customers) counts[state]++
  const shown = all.filter((group) => group.state === state)
  // What can be helped first, causes that happened last before others; of unknown keys there is nobody to write to.
  const causes = [...Map.groupBy(shown, ({ code }) => code)].toSorted(
    ([a], [b]) => Number(a === 'NOT_FOUND') - Number(b === 'NOT_FOUND'),
  )
  const from = (page - 1) * PER_PAGE
  const some = causes
    .filter(([code]) => cause === null || code === cause)
    .map(([code, groups]) => ({
      code,
      total: groups.length,
      groups: cause === null ? groups.slice(0, PER_CAUSE) : groups.slice(from, from + PER_PAGE),
    }))
  const troubles = await inWords(
    merchant,
    some.flatMap(({ groups }) => groups),
    now,
  )
  let at = 0
  return {
    counts,
    isCut: rows.length === LOOKED_AT_ONCE,
    causes: some.map(({ code, total, groups }) => {
      at += groups.length
      return { code, total, troubles: troubles.slice(at - groups.length, at) }
    }),
  }
}
export type TroubleQueue = Awaited<ReturnType<typeof troubleQueue>>

async function inWords(merchant: Merchant, groups: Group[], now: Date): Promise<Trouble[]> {
  const looked = await lookedAtOf(
    merchant,
    groups.map(({ last }) => last),
  )
  const refused = groups.map(({ last, state }, i) => ({
    ...last,
    lookedAt: looked[i] ?? null,
    isFixed: state === 'fixed' || state === 'solved',
  }))
  const around = await surroundingsOf(merchant, refused, now)
  return groups.map(({ last, ...group }, i): Trouble => {
    const key = around.keys.get(group.licenseKeyId ?? '')
    return {
      ...group,
      ...helpFor(refused[i] as (typeof refused)[number], around, now),
      ...{ verb: last.verb, device: last.device, address: last.address, lastAt: last.lastAt },
      licenseKey: key
        ? {
            ...{ id: key.row.id, masked: key.summary.masked, customer: key.row.customer },
            product: key.row.product?.name ?? null,
            configurationId: key.row.keyConfiguration.id,
            purchaseId: key.row.purchaseId,
          }
        : null,
    }
  })
}

/** How many keys and causes are open of the last week, up to 100: what the sidebar says. */
export const countOpenTroubles = async (merchant: Merchant, now: Date): Promise<number> =>
  Math.min((await newestOpen(merchant, now)).length, OPEN_SHOWN_MAX + 1)

/** The newest of those, and how many there are, up to 100. */
export async function newestTroubles(merchant: Merchant, size: number, now: Date) {
  const open = await newestOpen(merchant, now)
  const total = Math.min(open.length, OPEN_SHOWN_MAX + 1)
  return { total, troubles: await inWords(merchant, open.slice(0, size), now) }
}

async function newestOpen(merchant: Merchant, now: Date): Promise<Group[]> {
  assertMay(merchant, 'keys.read')
  const since = new Date(now.getTime() - troubleWindows.week * DAY_MS)
  const rows = await troubleRows(merchant, { since, limit: OPEN_LOOKED_AT, some: known }, now)
  return groupsOf(rows, now).filter(({ state }) => state === 'open')
}

/** What is said of each code that one key is refused with, and what helps; `codes` also of those that nobody met yet. */
export async function keyHelp(
  merchant: Merchant,
  licenseKeyId: string,
  codes: readonly string[],
  now: Date,
): Promise<Map<string, Help>> {
  assertMay(merchant, 'keys.read')
  if (!isId(licenseKeyId) || codes.length === 0) return new Map()
  const since = new Date(now.getTime() - KEPT_DAYS * DAY_MS)
  const some = Prisma.sql`AND t.subject = ${licenseKeyId.toLowerCase()}`
  const groups = groupsOf(await troubleRows(merchant, { since, limit: 500, some }, now), now)
  const met = codes.map((code) => {
    const nobody = { code, licenseKeyId, subject: licenseKeyId, device: '', label: null }
    return groups.find((group) => group.code === code)?.last ?? nobody
  })
  const looked = await lookedAtOf(merchant, met)
  const refused = met.map((each, i) => ({ ...each, lookedAt: looked[i] ?? null, isFixed: false }))
  const around = await surroundingsOf(merchant, refused, now)
  if (!around.keys.has(licenseKeyId)) return new Map()
  return new Map(refused.map((each) => [each.code, helpFor(each, around, now)]))
}

/** Refused calls of one key, the newest first, and how many there are. */
export async function refusedCalls(
  merchant: Merchant,
  licenseKeyId: string,
  { size }: { size: number },
  now: Date,
): Promise<{ calls: (RefusedCall & { deviceName: string | null; support: string })[]; total: number }> {
  assertMay(merchant, 'keys.read')
  const where = { organizationId: merchant.organizationId, subject: licenseKeyId.toLowerCase() }
  const [rows, total] = await Promise.all([
    prisma.callRefusal.findMany({ where, orderBy: [{ lastAt: 'desc' }, { code: 'asc' }], take: size }),
    prisma.callRefusal.count({ where }),
  ])
  const refused = rows.map((row) => ({ ...row, lookedAt: row.lookedAt as unknown as LookedAt, isFixed: false }))
  const around = await surroundingsOf(merchant, refused, now)
  return {
    total,
    calls: refused.map(({ lookedAt, verb, ...row }) => {
      const { support, deviceName } = helpFor({ ...row, lookedAt }, around, now)
      const { code, device, label, address, count, firstAt, lastAt } = row
      return {
        ...lookedAt,
        ...{ verb: verb as Verb, code, device, label, address, count, firstAt, lastAt, support, deviceName },
      }
    }),
  }
}
