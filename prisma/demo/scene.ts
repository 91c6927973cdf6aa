// One company's rows while they are made up. Everything is decided in memory and written at once.

import { describeActor, type Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import type { Tx } from '#lib/database/client.ts'
import type { EventData, EventType } from '#lib/events/schema.ts'
import type { Prisma } from '#prisma/client.ts'
import type { Company } from './companies.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'

type WithId<Row> = Row & { id: string }
export type KeyRow = WithId<Prisma.LicenseKeyCreateManyInput> & { createdAt: Date; expiresAt: Date | null }
export type ActivationRow = WithId<Prisma.ActivationCreateManyInput> & { createdAt: Date }

/** Where validations come from: an activated device, or a key that needs none. */
export type Source = {
  key: KeyRow
  activation: ActivationRow | null
  rate: number
  hours: number
  isServer: boolean
  from: Date
  until: Date
  /** From then on the same software is refused. */
  refusedFrom: Date | null
  refusedWith: 'EXPIRED' | 'DISABLED' | 'REVOKED'
}

export type By = { actorKind: string; actorId: string | null; actorLabel: string }

/** A company being made up. */
export type Scene = ReturnType<typeof openScene>

const DAY = 86_400_000
/** When the oldest of it began. */
const FOUNDED_DAYS = 560

/** An empty stage: the organization, its members, and nothing sold yet. */
export function openScene(company: Company, now: Date, random: Random) {
  const founded = new Date(now.getTime() - FOUNDED_DAYS * DAY)
  const organizationId = newId(founded)
  const members = company.members.map(({ email, name, role }): Member => {
    return { kind: 'merchant', userId: newId(founded), email, name, role, organizationId }
  })
  const [owner] = members as [Member, ...Member[]]
  const support = members.find(({ role }) => role === 'support') ?? owner
  return {
    company,
    organizationId,
    founded,
    now,
    random,
    members,
    by: {
      owner: describeActor(owner),
      support: describeActor(support),
      software: describeActor({ kind: 'software', address: null }),
      latchkey: describeActor({ kind: 'system', name: 'Latchkey' }),
      store: describeActor({ kind: 'system', name: 'Store' }),
      website: describeActor({ kind: 'system', name: 'Website' }),
    } satisfies Record<string, By>,
    products: [] as WithId<Prisma.ProductCreateManyInput>[],
    configurations: [] as WithId<Prisma.KeyConfigurationCreateManyInput>[],
    grants: [] as Prisma.ProductKeyConfigurationCreateManyInput[],
    customers: new Map<string, WithId<Prisma.CustomerCreateManyInput>>(),
    purchases: [] as WithId<Prisma.PurchaseCreateManyInput>[],
    keys: [] as KeyRow[],
    activations: [] as ActivationRow[],
    events: [] as Prisma.EventCreateManyInput[],
    hours: [] as Prisma.ValidationHourCreateManyInput[],
    days: [] as Prisma.ValidationDayCreateManyInput[],
    refusalDays: [] as Prisma.ValidationRefusalCreateManyInput[],
    refusals: [] as Prisma.CallRefusalCreateManyInput[],
    troubles: [] as Prisma.TroubleCreateManyInput[],
    calls: [] as Prisma.LicenseCallCreateManyInput[],
    sources: [] as Source[],
    /** Mails that are not sent yet. */
    waiting: [] as { licenseKeyId: string; to: string }[],
  }
}

/** So many days ago; a day or more ago it is during somebody's working hours. */
export function ago({ now, random }: Scene, days: number, hours = 0): Date {
  const exact = now.getTime() - days * DAY
  if (days < 1) return new Date(exact)
  const hour = (8 + 10 * random.next() - hours + 24) % 24
  return new Date(Math.floor(exact / DAY) * DAY + hour * 3_600_000)
}

/** The later of two moments, the second with a few minutes in between: what follows never comes first. */
export function after(scene: Scene, first: Date, then: Date): Date {
  const soon = first.getTime() + (2 + 8 * scene.random.next()) * 60_000
  return new Date(Math.min(scene.now.getTime(), Math.max(soon, then.getTime())))
}

/** Adds a fact to the history. */
export function happened(
  scene: Scene,
  at: Date,
  by: By,
  type: EventType,
  about: Partial<Prisma.EventCreateManyInput> = {},
  data: EventData = {},
): void {
  const { organizationId } = scene
  scene.events.push({ id: newId(at), organizationId, at, ...by, type, ...about, data })
}

/** The history's name for a customer who did something themselves. */
export const byCustomer = ({ email }: Person): By => ({ actorKind: 'customer', actorId: null, actorLabel: email })

/** Writes it all: one statement per table. */
export async function write(tx: Tx, scene: Scene, passwordHash: (email: string) => string): Promise<void> {
  const { company, organizationId, founded, members } = scene
  const { slug, name, supportEmail, websiteUrl } = company
  await tx.organization.create({
    data: { id: organizationId, slug, name, supportEmail, websiteUrl, createdAt: founded },
  })
  const users = members.map(({ userId, email, name }) => {
    return { id: userId, email, name, passwordHash: passwordHash(email), emailVerifiedAt: founded, createdAt: founded }
  })
  await tx.user.createMany({ data: users })
  await tx.membership.createMany({
    data: members.map(({ userId, role }) => ({ organizationId, userId, role, createdAt: founded })),
  })
  await tx.product.createMany({ data: scene.products })
  await tx.keyConfiguration.createMany({ data: scene.configurations })
  await tx.productKeyConfiguration.createMany({ data: scene.grants })
  await tx.customer.createMany({ data: [...scene.customers.values()] })
  await tx.purchase.createMany({ data: scene.purchases })
  // What ended in the story is no news.
  const ended = ({ expiresAt }: KeyRow) => (expiresAt && expiresAt <= scene.now ? expiresAt : null)
  await tx.licenseKey.createMany({ data: scene.keys.map((key) => ({ ...key, endedFor: ended(key) })) })
  await insert(tx, 'activations', scene.activations)
  await insert(tx, 'events', scene.events)
  await insert(tx, 'validation_hours', scene.hours)
  await insert(tx, 'validation_days', scene.days)
  await insert(tx, 'validation_refusals', scene.refusalDays)
  await insert(tx, 'call_refusals', scene.refusals)
  await insert(tx, 'troubles', scene.troubles)
  await insert(tx, 'license_calls', scene.calls)
}

// As one parameter: Prisma would make tens of thousands of these rows, and take seconds.
async function insert(tx: Tx, table: string, rows: object[]): Promise<void> {
  if (rows.length === 0) return
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const column = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const inColumns = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [column(name), value])),
  )
  const json = JSON.stringify(inColumns, (_, value) => (typeof value === 'bigint' ? Number(value) : value))
  const columns = names.map(column).join(', ')
  await tx.$executeRawUnsafe(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    json,
  )
}
