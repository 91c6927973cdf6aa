import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { asLetters, emailToFind } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql } from '../database/folded.ts'
import { pairOf } from './language.ts'
import type { ShownStatus } from './plain.ts'
import { rangeOf } from './term-numbers.ts'
import { stretchOf } from './term-times.ts'
import { kindOf, type Term, type TermName, type Terms, termKinds, termNames } from './terms.ts'

// What is asked of keys `k`, as SQL. Each part goes by an index of what it asks, or looks through the organization's keys once.

/** Parts that other lists know already. */
export type KnownParts = {
  status: (status: ShownStatus) => Prisma.Sql
  /** Ids of keys with so many devices, or more than so many, as they may have. */
  atLimit: (over: boolean) => Prisma.Sql
  /** Ids of keys that refused somebody lately and would again. */
  inTrouble: () => Prisma.Sql
}

type Asks = { merchant: Merchant; now: Date; zone: string; known: KnownParts }

const own = ({ organizationId }: Merchant) => Prisma.sql`organization_id = ${organizationId}::uuid`
const or = (parts: Prisma.Sql[]) => Prisma.sql`(${Prisma.join(parts, ' OR ')})`

function inTime(column: Prisma.Sql, name: TermName, value: string, { now, zone }: Asks): Prisma.Sql {
  const kind = kindOf(name)
  const { from, before } = stretchOf(value, kind.kind === 'time' && kind.past, now, zone)
  const parts = [
    ...(from ? [Prisma.sql`${column} >= ${from}`] : []),
    ...(before ? [Prisma.sql`${column} < ${before}`] : []),
  ]
  return parts.length > 0 ? Prisma.sql`(${Prisma.join(parts, ' AND ')})` : Prisma.sql`${column} IS NOT NULL`
}

const uuids = (values: readonly string[]) => Prisma.sql`ANY(${values.filter(isId)}::uuid[])`
const live = Prisma.sql`EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`

// shownPurchase (lib/purchases/look.ts) as SQL.
const purchaseState = Prisma.sql`CASE
  WHEN b.ended_by_hand = 'refunded' THEN 'refunded'
  WHEN b.ended_by_hand = 'canceled' AND COALESCE(b.state, b.status::text) NOT IN ('refunded', 'disputed') THEN 'canceled'
  ELSE COALESCE(b.state, b.status::text) END`

/** True of keys that have any of these values. */
const anyOf = {
  status: (values, { known }) => or(values.map((value) => known.status(value as ShownStatus))),
  reason: (values) => Prisma.sql`(k.status = 'revoked' AND k.revoked_for && ${values}::revoke_reason[])`,
  product: (values) =>
    values.includes('none')
      ? Prisma.sql`(k.product_id IS NULL OR k.product_id = ${uuids(values)})`
      : Prisma.sql`k.product_id = ${uuids(values)}`,
  configuration: (values) => Prisma.sql`k.key_configuration_id = ${uuids(values)}`,
  customer: (values, { merchant }) => {
    const whom = values.map((value) =>
      or([
        customerSearchSql(value),
        Prisma.sql`u.email = ${emailToFind(value)}`,
        Prisma.sql`u.external_id = ${value}`,
        ...(isId(value) ? [Prisma.sql`u.id = ${value}::uuid`] : []),
      ]),
    )
    return Prisma.sql`k.customer_id IN (SELECT u.id FROM customers u WHERE u.${own(merchant)} AND ${or(whom)})`
  },
  order: (values, { merchant }) => {
    const like = values.map((value) => Prisma.sql`b.reference ILIKE ${`%${asLetters(value)}%`}`)
    return Prisma.sql`k.purchase_id IN (SELECT b.id FROM purchases b WHERE b.${own(merchant)} AND ${or(like)})`
  },
  purchase: (values, { merchant }) => {
    // PostgreSQL cannot tell how many stand so, takes them for one and looks each key up; with IS TRUE it reads both tables once.
    const states = Prisma.sql`(k.purchase_id IN (SELECT b.id FROM purchases b
      WHERE b.${own(merchant)} AND ${purchaseState} = ANY(${values}::text[])) IS TRUE)`
    return values.includes('none') ? or([Prisma.sql`k.purchase_id IS NULL`, states]) : states
  },
  expires: (values, asks) => times(Prisma.sql`k.expires_at`, 'expires', values, asks),
  ended: (values, asks) =>
    times(Prisma.sql`k.expires_at`, 'ended', values, asks, Prisma.sql`k.expires_at <= ${asks.now}`),
  seen: (values, asks) => times(Prisma.sql`k.last_validated_at`, 'seen', values, asks),
  issued: (values, asks) => times(Prisma.sql`k.created_at`, 'issued', values, asks),
  activated: (values) => {
    const parts: Record<string, Prisma.Sql> = {
      now: live,
      // An import may bring devices without saying when the first came.
      before: Prisma.sql`(NOT ${live} AND (k.first_activated_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id)))`,
      never: Prisma.sql`(k.first_activated_at IS NULL AND NOT EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id))`,
    }
    return or(values.flatMap((value) => parts[value] ?? []))
  },
  limit: (values, { known }) =>
    // Over the limit is at it, too.
    Prisma.sql`k.id IN (${known.atLimit(!values.includes('at'))})`,
  refused: (values, asks) => {
    const { merchant, known } = asks
    const parts = values.map((value) =>
      value === 'now'
        ? Prisma.sql`k.id IN (${known.inTrouble()})`
        : Prisma.sql`k.id IN (SELECT r.license_key_id FROM validation_refusals r WHERE r.${own(merchant)}
            AND ${inTime(Prisma.sql`r.last_at`, 'refused', value, asks)}
          UNION ALL SELECT e.license_key_id FROM events e WHERE e.${own(merchant)} AND e.type = 'activation.refused'
            AND e.license_key_id IS NOT NULL AND ${inTime(Prisma.sql`e.at`, 'refused', value, asks)})`,
    )
    return or(parts)
  },
  risk: (values, { merchant }) => {
    const scores = (part: Prisma.Sql) =>
      Prisma.sql`(SELECT r.license_key_id FROM key_risks r WHERE r.${own(merchant)} AND r.score > 0 AND ${part})`
    return or(
      values.map((value) => {
        const { from, to } = rangeOf(value, termKinds.risk)
        // Of most keys there is nothing to say, which is a score of 0.
        return from <= 0
          ? Prisma.sql`k.id NOT IN ${scores(Prisma.sql`r.score > ${to}`)}`
          : Prisma.sql`k.id IN ${scores(Prisma.sql`r.score BETWEEN ${from} AND ${to}`)}`
      }),
    )
  },
  // The second half of these two names the rows that their index holds.
  tag: (values) => Prisma.sql`(k.tags && ${values}::text[] AND k.tags <> '{}')`,
  meta: (values) => or(values.map(metaSql)),
  import: (values) => Prisma.sql`k.import_id = ${uuids(values)}`,
} satisfies Record<TermName, (values: string[], asks: Asks) => Prisma.Sql>

function metaSql(pair: string): Prisma.Sql {
  const { name, value } = pairOf(pair)
  return value === null
    ? Prisma.sql`(k.metadata ? ${name} AND k.metadata <> '{}')`
    : Prisma.sql`(k.metadata @> ${JSON.stringify({ [name]: value })}::jsonb AND k.metadata <> '{}')`
}

function times(column: Prisma.Sql, name: TermName, values: string[], asks: Asks, also?: Prisma.Sql): Prisma.Sql {
  const parts = values.map((value) =>
    value === 'never' ? Prisma.sql`${column} IS NULL` : inTime(column, name, value, asks),
  )
  return also ? Prisma.sql`(${also} AND ${or(parts)})` : or(parts)
}

function partsOf(name: TermName, { is, not }: Term, asks: Asks): Prisma.Sql[] {
  const { all } = kindOf(name)
  const any = (values: readonly string[]) => anyOf[name]([...values], asks)
  const positive = is.length === 0 ? [] : all ? is.map((value) => any([value])) : [any(is)]
  // What cannot be told is not so.
  return not.length === 0 ? positive : [...positive, Prisma.sql`(${any(not)}) IS NOT TRUE`]
}

/** True where the terms ask for what a key's configuration `c` says. */
export const asksConfiguration = (terms: Terms): boolean => terms.status !== undefined

// These go through another table: found once for a page and its count.
const dear: readonly TermName[] = ['customer', 'order', 'purchase', 'activated', 'limit', 'refused', 'risk']

/** True where finding the keys costs so much that a page and its count share it. */
export const areDear = (terms: Terms): boolean => dear.some((name) => terms[name])

/** What the terms ask of keys `k`, all of it; days are those of the organization. */
export async function termsSql(merchant: Merchant, terms: Terms, now: Date, known: KnownParts): Promise<Prisma.Sql[]> {
  const asked = termNames.filter((name) => terms[name])
  if (asked.length === 0) return []
  const hasTimes = asked.some((name) => kindOf(name).kind === 'time')
  const zone = hasTimes ? await zoneOf(merchant) : 'UTC'
  return asked.flatMap((name) => partsOf(name, terms[name] as Term, { merchant, now, zone, known }))
}

async function zoneOf({ organizationId: id }: Merchant): Promise<string> {
  const row = await prisma.organization.findUnique({ where: { id }, select: { timeZone: true } })
  return row?.timeZone ?? 'UTC'
}
