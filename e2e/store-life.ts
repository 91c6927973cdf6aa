// Whole lives of purchases, told to the real door by stores that sign with their real schemes: in order and in every other way that
// deliveries take. One life is data (lib/stores/life-*.db.test.ts); here is what is done with each.

import { expect, test } from 'vitest'
import type { Member, System } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import type { Outside } from '#lib/http/outside.ts'
import { openContents } from '#lib/mail/queries.ts'
import type { StoreName } from '#lib/store-facts/schema.ts'
import { connectStore, placeProduct, removeStore, setStoreCredential, setStoreSecret } from '#lib/stores/commands.ts'
import { handleDelivery, sweepStores } from '#lib/stores/handle.ts'
import { answerStore } from '#lib/stores/intake.ts'
import { reconcileStore } from '#lib/stores/reconcile.ts'
import { sample } from './store-samples.ts'
import type { Signer } from './store-signers.ts'

/** One delivery. */
export type Sent = {
  /** Names it among those of its life. */
  id: string
  /** In the store's words, where its headers say it. */
  type: string
  body: string
  /** When the store wrote it; the time of its step where that is not said. */
  at?: string
  /** The things of the store that it speaks of, as they are then: what the store's API answers with from then on. */
  things?: Thing[]
}

/** Something of the store, as its API has it. */
export type Thing = { kind: string; id: string; value: unknown }

export type Step = {
  /** What happens. */
  what: string
  /** When. */
  at: string
  sends: Sent[]
  /** What happens at the store without a word: it is seen when its API is read, which then happens. */
  silently?: Thing[]
  /**
   * How every purchase stands then, by its product: `Quill Pro ×3: active`, then what is known of `paid` (through), `grace` (until) and
   * `ends`, each with its day.
   */
  stands: string[]
}

/** What a store is asked. */
export type Asked = {
  path: string
  headers: Headers
  /** Everything of a kind, as it is at that moment. */
  all: (kind: string) => unknown[]
  /** One thing; undefined: there is none. */
  one: (kind: string, id: string) => unknown
  /** What the store sent in vain. */
  lost: Sent[]
  now: Date
}

export type Life = {
  store: StoreName
  /** What the store signs with; null where it signs nothing. */
  secret: string | null
  /** What its headers are for a body. */
  headers: Signer
  /** The product that each of the store's ids is here. */
  products: Record<string, string>
  /** A body is the thing as it is at the moment of its delivery, so it comes when it was written or never. */
  isOfItsMoment?: boolean
  /** The store's API: what it answers, undefined being a 404. */
  api?: {
    host: string
    credential: string
    answer: (asked: Asked) => unknown
    /** It knows nothing that is long ago, so it is read soon after something was lost. */
    forgets?: boolean
  }
  /** What cannot be known any more when these are lost, and why. */
  unmended?: { ids: string[]; why: string }
  steps: Step[]
}

/** How many random orders each life is told in; more on demand. */
const RUNS = Number(process.env.LIVES_RUNS ?? 3)

/** Tells a life in every way. */
export function tellLife(life: Life): void {
  const { steps } = life
  const whole = steps.length

  // Where the others have to end: how everything is after each step, when it is told in order.
  const told: Snapshot[] = []
  let mailed = 0

  test('in order: each step comes to what it should', async () => {
    const telling = await begin(life)
    const seen: object[] = []
    let issued: string[] = []
    for (const [index, { what, at, sends, silently }] of steps.entries()) {
      telling.happened = index + 1
      for (const sent of sends) {
        await post(telling, sent, new Date(sent.at ?? at))
        await handleAll(telling, new Date(sent.at ?? at))
      }
      if (silently) await reconcile(telling, endOf(life, index + 1))
      const after = await snapshot(telling, endOf(life, index + 1))
      told.push(after)
      seen.push({ what, stands: after.stands })
      // Keys come and go, and are always the same ones.
      const now = await issuedKeys(telling)
      expect(
        issued.filter((key) => !now.includes(key)),
        what,
      ).toEqual([])
      issued = now
    }
    expect(seen).toEqual(steps.map(({ what, stands }) => ({ what, stands })))
    mailed = await mails(telling)
    await end(telling)
  })

  test('the process is gone between keeping and handling: what waits is handled later', async () => {
    const telling = await begin(life)
    telling.happened = whole
    for (const sent of sentUntil(life, whole)) await post(telling, sent, arrivalOf(life, sent, whole))
    expect(await snapshotNow(telling)).toEqual({ purchases: [], stands: [] })
    await sweepStores(system, endOf(life, whole), telling.connectionId, wayToTelling)
    await readWhatIsSilent(telling)
    expect(await snapshot(telling, endOf(life, whole))).toEqual(told[whole - 1])
    await end(telling)
  })

  test('everything twice at once, handled twice at once, and once more in the end', async () => {
    const telling = await begin(life)
    for (const [index, { at, sends }] of steps.entries()) {
      telling.happened = index + 1
      for (const sent of sends) {
        const now = new Date(sent.at ?? at)
        await Promise.all([post(telling, sent, now), post(telling, sent, now)])
        await Promise.all([handleAll(telling, now), handleAll(telling, now)])
      }
      await sweepStores(system, endOf(life, index + 1), telling.connectionId, wayToTelling)
    }
    await readWhatIsSilent(telling)
    expect(await snapshot(telling, endOf(life, whole))).toEqual(told[whole - 1])
    expect(await mails(telling)).toBe(mailed)
    await prisma.storeDelivery.updateMany({ where: { connectionId: telling.connectionId }, data: { state: 'new' } })
    await handleAll(telling, endOf(life, whole), shuffled(randomOf(1)))
    expect(await snapshot(telling, endOf(life, whole))).toEqual(told[whole - 1])
    expect(await mails(telling)).toBe(mailed)
    await end(telling)
  })

  test.each(Array.from({ length: RUNS }, (_, index) => index + 1))(
    'shuffled, some of it doubled (seed %i)',
    async (seed) => {
      const random = randomOf(seed)
      // The first is the whole life, the others end somewhere in it.
      const happened = seed === 1 ? whole : 1 + Math.floor(random() * whole)
      const telling = await begin(life)
      telling.happened = happened
      const all = sentUntil(life, happened)
      const doubled = all.filter(() => random() < 0.3)
      for (const sent of shuffled(random)([...all, ...doubled])) {
        await post(telling, sent, arrivalOf(life, sent, happened))
        // Some are handled as they come, some wait for one another.
        if (random() < 0.5) await handleAll(telling, endOf(life, happened), shuffled(random))
      }
      await handleAll(telling, endOf(life, happened), shuffled(random))
      expect(await snapshot(telling, endOf(life, happened)), `until ${steps[happened - 1]?.what}`).toEqual(
        told[happened - 1],
      )
      await end(telling)
    },
  )

  if (!life.api) return
  const ways = ['every other one', 'the others', ...Array.from({ length: RUNS }, (_, seed) => `one (seed ${seed + 1})`)]
  test.each(ways)('lost and later read from the API: %s', async (way) => {
    const random = randomOf(Number(/\d+/.exec(way)?.[0] ?? 0))
    const isOne = way.startsWith('one')
    const happened = isOne ? 1 + Math.floor(random() * whole) : whole
    const all = sentWithStep(life, happened)
    const one = Math.floor(random() * all.length)
    const telling = await begin(life)
    for (const [index, { step, sent }] of all.entries()) {
      telling.happened = steps.indexOf(step) + 1
      const isLost = isOne ? index === one : index % 2 === (way === 'the others' ? 1 : 0)
      if (isLost && !life.unmended?.ids.includes(sent.id)) {
        telling.lost.push(sent)
        if (life.api?.forgets) await reconcile(telling, new Date(new Date(sent.at ?? step.at).getTime() + 30_000))
      } else {
        await post(telling, sent, new Date(sent.at ?? step.at))
        await handleAll(telling, new Date(sent.at ?? step.at))
      }
    }
    await reconcile(telling, endOf(life, happened))
    const what = `${telling.lost.map(({ id }) => id)} lost, until ${steps[happened - 1]?.what}`
    expect(await snapshot(telling, endOf(life, happened)), what).toEqual(told[happened - 1])
    // That it is read again, as every night, says nothing new.
    const events = await prisma.event.count({ where: { organizationId: telling.organizationId } })
    await reconcile(telling, new Date(endOf(life, happened).getTime() + 1_000))
    expect(await snapshotNow(telling), what).toEqual(told[happened - 1])
    expect(await prisma.event.count({ where: { organizationId: telling.organizationId } }), what).toBe(events)
    await end(telling)
  })
}

// ---------------------------------------------------------------- a telling

const system: System = { kind: 'system', name: 'Latchkey' }

export type Telling = Awaited<ReturnType<typeof begin>>

/** A shop connected an hour before its life begins, with a product for each that the store sells. */
export async function begin(life: Life) {
  const now = new Date(new Date(life.steps[0]?.at ?? 0).getTime() - 3_600_000)
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const { connectionId, token } = await connectStore(me, { store: life.store, mode: 'live', name: 'Inkwell' }, now)
  if (life.secret !== null) await setStoreSecret(me, { connectionId, secret: life.secret }, now)
  if (life.api) await setStoreCredential(me, { connectionId, credential: life.api.credential }, now)
  const ids = new Map<string, string>()
  for (const [ref, name] of Object.entries(life.products)) {
    const productId = ids.get(name) ?? (await newProduct(organizationId, name))
    ids.set(name, productId)
    await placeProduct(me, { connectionId, ref, as: { kind: 'product', productId }, quantityIs: 'keys' }, now)
  }
  const telling = {
    ...{ life, me, organizationId, connectionId, token },
    /** How many steps there have been so far. */
    happened: 0,
    lost: [] as Sent[],
    failures: [] as string[],
  }
  current = telling
  return telling
}

async function newProduct(organizationId: string, name: string): Promise<string> {
  const keyConfigurationId = newId()
  await prisma.keyConfiguration.create({ data: { id: keyConfigurationId, organizationId, name } })
  const { id } = await prisma.product.create({
    data: { organizationId, name, keyConfigurations: { create: [{ keyConfigurationId }] } },
  })
  return id
}

/** Nothing of it is in the way of others, whatever time it is there. */
export async function end(telling: Telling): Promise<void> {
  await removeStore(telling.me, telling, new Date())
}

const sentWithStep = ({ steps }: Life, happened: number) =>
  steps.slice(0, happened).flatMap((step) => step.sends.map((sent) => ({ step, sent })))
const sentUntil = (life: Life, happened: number): Sent[] => sentWithStep(life, happened).map(({ sent }) => sent)

/** A little after a step. */
const endOf = ({ steps }: Life, happened: number): Date =>
  new Date(new Date(steps[happened - 1]?.at ?? 0).getTime() + 60_000)

/** When a delivery arrives that was long on its way. */
function arrivalOf(life: Life, sent: Sent, happened: number): Date {
  const step = life.steps.find(({ sends }) => sends.includes(sent))
  return life.isOfItsMoment ? new Date(sent.at ?? step?.at ?? 0) : endOf(life, happened)
}

/** Posts a delivery to the real door, signed now. */
export async function post({ life, token }: Telling, sent: Sent, now: Date): Promise<void> {
  const bytes = Buffer.from(sent.body)
  const headers = Object.fromEntries(
    Object.entries(life.headers(sent, now, life.secret ?? '')).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const answer = await answerStore(
    {
      ...{ method: 'POST', path: `/${life.store}/${token}`, query: '', address: null },
      header: (name) => headers[name.toLowerCase()] ?? null,
      body: async (max) => (bytes.byteLength > max ? null : bytes),
    },
    now,
  )
  expect(answer, sent.id).toMatchObject({ status: 200 })
}

type Sort = <Each>(all: Each[]) => Each[]

/** Handles what waits, in the order it came or in another. */
export async function handleAll({ connectionId }: Telling, now: Date, sort: Sort = (all) => all): Promise<void> {
  const waiting = await prisma.storeDelivery.findMany({
    where: { connectionId, state: { in: ['new', 'failed'] } },
    orderBy: { id: 'asc' },
    select: { id: true, type: true },
  })
  for (const { id, type } of sort(waiting)) {
    await handleDelivery(system, id, now, wayToTelling)
    const { state, outcome } = await prisma.storeDelivery.findUniqueOrThrow({ where: { id } })
    expect(['done', 'waiting', 'ignored'], `${type}: ${outcome.join(' ')}`).toContain(state)
  }
}

/** Reads the store's API, as the nightly job does. */
async function reconcile({ connectionId, failures }: Telling, now: Date): Promise<void> {
  await prisma.storeConnection.update({ where: { id: connectionId }, data: { reconcileDueAt: null } })
  await reconcileStore(system, connectionId, () => now, wayToTelling)
  const { reconciledAt } = await prisma.storeConnection.findUniqueOrThrow({ where: { id: connectionId } })
  const { problem } = await prisma.storeReconciliation.findFirstOrThrow({
    where: { connectionId },
    orderBy: { id: 'desc' },
  })
  expect({ problem, reconciledAt }, failures.join()).toEqual({ problem: null, reconciledAt: now })
}

async function readWhatIsSilent(telling: Telling): Promise<void> {
  const { life, happened } = telling
  if (life.steps.slice(0, happened).some(({ silently }) => silently)) await reconcile(telling, endOf(life, happened))
}

// ---------------------------------------------------------------- the store's API

let current: Telling | null = null

/** Answers as the store of the life that is being told would. */
const answerFromTelling: Outside['ask'] = async (address, { headers }) => {
  const url = new URL(address)
  const telling = current
  if (!telling || url.host !== telling.life.api?.host) throw new Error(`Nobody is at ${url}.`)
  const { life, happened, lost } = telling
  const things = new Map<string, Thing>()
  for (const { sends, silently = [] } of life.steps.slice(0, happened))
    for (const thing of [...sends.flatMap((sent) => sent.things ?? []), ...silently])
      things.set(`${thing.kind} ${thing.id}`, thing)
  const answer = life.api?.answer({
    path: `${url.pathname}${url.search}`,
    headers: new Headers(headers),
    all: (kind) => [...things.values()].filter((thing) => thing.kind === kind).map(({ value }) => value),
    one: (kind, id) => things.get(`${kind} ${id}`)?.value,
    lost,
    now: endOf(life, happened),
  })
  if (answer === undefined) telling.failures.push(`nothing at ${url}`)
  const body = Buffer.from(JSON.stringify(answer ?? {}))
  return { status: answer === undefined ? 404 : 200, header: () => null, body, isWhole: true }
}

const wayToTelling: Outside = { ask: answerFromTelling, whyNot: async () => null, close: () => {} }

// ---------------------------------------------------------------- how things are

export type Snapshot = { purchases: object[]; stands: string[] }

/** How everything is once time has done its part. */
export async function snapshot(telling: Telling, now: Date): Promise<Snapshot> {
  await sweepStores(system, now, telling.connectionId, wayToTelling)
  return snapshotNow(telling)
}

const day = (moment: Date | null) => moment?.toISOString().slice(0, 10)

async function snapshotNow({ connectionId, organizationId }: Telling): Promise<Snapshot> {
  const lines = await prisma.storeLine.findMany({
    where: { connectionId, purchaseId: { not: null } },
    orderBy: [{ ref: 'asc' }, { line: 'asc' }],
    include: {
      purchase: {
        include: {
          ...{ product: true, customer: true },
          units: {
            include: { licenseKey: { include: { keyConfiguration: true } } },
            orderBy: [{ slot: 'asc' }, { unit: 'asc' }],
          },
        },
      },
    },
  })
  // Every purchase is of one line, and every key of one unit.
  const own = { organizationId }
  expect(await prisma.purchase.count({ where: own })).toBe(lines.length)
  expect(await prisma.licenseKey.count({ where: own })).toBe(
    await prisma.purchaseUnit.count({ where: { purchase: own } }),
  )
  const purchases = lines.flatMap(({ ref, line, purchase }) => {
    if (!purchase) return []
    const { product, customer, units, state, reasons, status, kind, quantity, reference, purchasedAt } = purchase
    const { paidThrough, endsAt, graceUntil, changesAt } = purchase
    const granted = units.filter(({ licenseKey }) => licenseKey.status === 'granted')
    return {
      ...{ ref, line, state, reasons, status, kind, quantity, reference, purchasedAt, paidThrough, endsAt, graceUntil },
      ...{ changesAt, product: product.name, customer: customer.email },
      granted: granted.map(({ slot, unit, licenseKey }) => ({
        ...{ slot, unit, configuration: licenseKey.keyConfiguration.name, expiresAt: licenseKey.expiresAt },
        isOfThePurchase: licenseKey.productId === purchase.productId && licenseKey.customerId === purchase.customerId,
        limit: licenseKey.activationLimitOverride,
      })),
    }
  })
  const stands = purchases
    .map(({ product, granted, state, paidThrough, endsAt, graceUntil }) =>
      [
        `${product} ×${granted.length}: ${state}`,
        ...(paidThrough ? [`paid ${day(paidThrough)}`] : []),
        ...(graceUntil ? [`grace ${day(graceUntil)}`] : []),
        ...(endsAt && !graceUntil ? [`ends ${day(endsAt)}`] : []),
      ].join(' '),
    )
    .sort()
  return { purchases, stands }
}

const issuedKeys = async ({ organizationId }: Telling) =>
  (await prisma.licenseKey.findMany({ where: { organizationId }, select: { keyHash: true } })).map(({ keyHash }) =>
    Buffer.from(keyHash).toString('hex'),
  )

/** How many keys were mailed: several of a purchase come in one mail, which orders of deliveries may take apart. */
async function mails({ organizationId }: Telling): Promise<number> {
  const rows = await prisma.mail.findMany({
    where: { organizationId, template: { in: ['license-key', 'license-keys'] } },
  })
  return rows
    .map(openContents)
    .reduce((sum, { payload }) => sum + ('licenseKeyIds' in payload ? payload.licenseKeyIds.length : 1), 0)
}

// ---------------------------------------------------------------- chance

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const shuffled =
  (random: () => number): Sort =>
  (all) => {
    const mixed = [...all]
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1))
      const [a, b] = [mixed[last], mixed[other]] as [(typeof mixed)[number], (typeof mixed)[number]]
      mixed[last] = b
      mixed[other] = a
    }
    return mixed
  }

// ---------------------------------------------------------------- bodies

type Patch = { [name: string]: unknown }

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object with other values in some of its fields, however deep; lists are taken as a whole. */
export function patched<Value>(value: Value, patch: Patch): Value {
  const result: Patch = { ...(value as Patch) }
  for (const [name, to] of Object.entries(patch)) {
    const from = result[name]
    result[name] = isObject(from) && isObject(to) ? patched(from, to) : to
  }
  return result as Value
}

/** A sample with other values in some of its fields. */
// biome-ignore lint/suspicious/noExplicitAny: bodies have whatever shape their store gives them.
export const sampleWith = (store: string, name: string, patch: Patch = {}): any =>
  patched(JSON.parse(sample(store, name).toString()), patch)
