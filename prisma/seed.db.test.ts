import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../server/database/migrate.ts'
import type { DemoSummary } from './seed.ts'

// A database of its own: the demo wants an empty one, and other tests count what is in theirs.
const server = process.env.DATABASE_URL ?? ''
const name = `seed_${process.pid}`

async function onServer(sql: string) {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

let demo: DemoSummary
let seconds: number

beforeAll(async () => {
  await onServer(`CREATE DATABASE ${name}`)
  process.env.DATABASE_URL = Object.assign(new URL(server), { pathname: `/${name}` }).href
  expect(migrate('deploy', process.env.DATABASE_URL, { quiet: true })).toBe(true)
  // Imported now: the connection is made to the address that is set by then.
  const { seed } = await import('./seed.ts')
  // Of this process's work: how long it takes is for the machine to say.
  const before = process.cpuUsage()
  demo = await seed()
  const { user, system } = process.cpuUsage(before)
  seconds = (user + system) / 1_000_000
}, 60_000)

afterAll(async () => {
  const { pool, prisma } = await import('#lib/database/client.ts')
  await prisma.$disconnect()
  await pool.end()
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
})

const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
const token = expect.stringMatching(/^latchkey_[\w-]{43}$/)
const key = (shape: RegExp) => ({ id, key: expect.stringMatching(shape) })

test('the summary says how to get in and what to try', () => {
  expect(demo).toEqual({
    url: expect.stringMatching(/^http/),
    organizationId: id,
    merchant: { email: 'mara@inkwell.example', password: expect.any(String) },
    customer: { email: 'aria@lindqvist.example' },
    outboxUrl: expect.stringContaining(demo.url),
    keys: {
      unlimited: key(/^EDITOR_/),
      threeDevices: key(/^EDITOR_/),
      requiresActivation: key(/^TEAM_/),
      metered: key(/^API_/),
      expired: key(/^EDITOR_/),
      disabled: key(/^EDITOR_/),
      perpetual: key(/^EDITOR_/),
    },
    configurations: {
      'Editor, lifetime': id,
      'Editor, yearly': id,
      'Editor trial': id,
      'Team, 25 seats': id,
      'API, metered': id,
    },
    products: { 'Inkwell Editor': id, 'Inkwell Team': id, 'Inkwell API': id },
    apiKey: token,
    readOnlyApiKey: token,
    shop: {
      address: expect.stringMatching(/\/api\/stores\/custom\/[\w-]{43}$/),
      secret: expect.stringMatching(/^whsec_/),
    },
    other: { organizationId: id, apiKey: token, key: expect.any(String) },
  })
  expect(seconds).toBeLessThan(10)
})

test('it looks like a small company: 200 keys in every state, and those its stores sold', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const { listLicenseKeys } = await import('#lib/license-keys/list.ts')
  const { shownStatuses } = await import('#lib/license-keys/plain.ts')
  const { organizationId } = demo
  const where = { organizationId }
  const user = await prisma.user.findUniqueOrThrow({ where: { email: demo.merchant.email } })
  const mara = {
    kind: 'merchant',
    userId: user.id,
    email: user.email,
    name: user.name,
    organizationId,
    role: 'owner',
  } as const
  const list = (filter: Parameters<typeof listLicenseKeys>[1]) =>
    listLicenseKeys(mara, filter, { page: 1, size: 1, sort: 'createdAt', dir: 'desc' }, new Date())
  const fromStores = await prisma.licenseKey.count({ where: { ...where, purchaseUnit: { isNot: null } } })
  expect((await list({})).total).toBe(200 + fromStores)
  for (const status of shownStatuses) expect((await list({ statuses: [status] })).total, status).toBeGreaterThan(2)
  expect((await list({ atLimit: true })).total).toBeGreaterThan(4)
  const customers = await prisma.customer.count({ where })
  expect(customers).toBeGreaterThan(55)
  expect(customers).toBeLessThan(66)
  expect(await prisma.event.count({ where })).toBeGreaterThan(500)
  expect(await prisma.mail.count({ where: { ...where, status: 'waiting' } })).toBe(2)

  const ahead = { gt: new Date() }
  expect(await prisma.event.count({ where: { at: ahead } })).toBe(0)
  expect(await prisma.licenseKey.count({ where: { lastValidatedAt: ahead } })).toBe(0)
  const { _sum } = await prisma.validationHour.aggregate({ _sum: { count: true } })
  const days = await prisma.validationDay.aggregate({ _sum: { valid: true, refused: true } })
  expect(_sum.count).toBe((days._sum.valid ?? 0) + (days._sum.refused ?? 0))
})

test('its stores sold something in every state, and wait for an answer', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const { organizationId } = demo
  const sold = await prisma.purchase.findMany({
    where: { organizationId, state: { not: null } },
    include: { units: true },
  })
  expect(sold.map(({ reference, state, units, isTest }) => [reference, state, units.length, isTest]).sort()).toEqual([
    ['#1001', 'active', 2, true],
    ['S-318', 'active', 1, false],
    ['W-4107', 'active', 1, false],
    ['W-4188', 'active', 3, false],
    ['W-4260', 'refunded', 1, false],
    ['W-4311', 'pending', 0, false],
    ['sub_2207', 'ending', 1, false],
    ['sub_2291', 'past_due', 1, false],
    ['sub_2302', 'active', 1, false],
  ])
  const deliveries = await prisma.storeDelivery.groupBy({
    by: ['state'],
    where: { connection: { organizationId } },
    _count: true,
    orderBy: { state: 'asc' },
  })
  expect(Object.fromEntries(deliveries.map(({ state, _count }) => [state, _count]))).toEqual({
    ...{ done: 17, waiting: 2, ignored: 1 },
  })
  expect(await prisma.storeConnection.count({ where: { organizationId, refusals: 1 } })).toBe(1)
  expect(await prisma.storeProduct.count({ where: { productId: null, connection: { organizationId } } })).toBe(1)
})

test('one of its webhook endpoints works, and the other was given up after five days', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const { organizationId } = demo
  const [shop, crm] = await prisma.webhookEndpoint.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
  expect(shop).toMatchObject({ disabledAt: null, failingSince: null, lastSentAt: expect.any(Date) })
  expect(crm).toMatchObject({ disabledReason: 'failing', lastSentAt: expect.any(Date) })
  const messages = await prisma.webhookMessage.findMany({ where: { organizationId }, include: { tries: true } })
  const of = (id = '') => messages.filter(({ endpointId }) => endpointId === id)
  const states = (id = '') => new Set(of(id).map(({ state }) => state))
  expect(states(shop?.id)).toEqual(new Set(['sent']))
  expect(of(shop?.id).some(({ tries }) => tries.length > 1)).toBe(true)
  expect(states(crm?.id)).toEqual(new Set(['sent', 'failed', 'gone']))
  expect(of(crm?.id).find(({ state }) => state === 'failed')?.tries).toHaveLength(10)
  for (const { createdAt, tries } of messages)
    for (const { at } of tries) expect(at.getTime()).toBeGreaterThan(createdAt.getTime() - 1)
})

test('no key has more live devices than its limit', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const over = await prisma.$queryRaw`
    SELECT k.id FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
     WHERE COALESCE(k.activations_mode_override, c.activations_mode) = 'limited'
       AND (SELECT count(*) FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)
           > CASE WHEN k.activations_mode_override IS NULL THEN c.activation_limit ELSE k.activation_limit_override END`
  expect(over).toEqual([])
})

test('the demo customer bought from two organizations', async () => {
  const { listPurchases } = await import('#lib/purchases/own.ts')
  const aria = { kind: 'customer', userId: '', email: demo.customer.email } as const
  const purchases = await listPurchases(aria, new Date())
  expect(new Set(purchases.map(({ organization }) => organization.name))).toEqual(new Set(['Inkwell', 'Northfield']))
})

test('each printed key answers as its name says', async () => {
  const { activate, deactivate, validate } = await import('#lib/license-calls/calls.ts')
  const software = { kind: 'software', address: null } as const
  const call = (name: keyof DemoSummary['keys']) => ({ key: demo.keys[name].key, organization_id: demo.organizationId })
  const use = async (name: keyof DemoSummary['keys'], more = {}) =>
    (await validate(software, { ...call(name), ...more }, new Date())).verdict.code
  const add = (name: keyof DemoSummary['keys'], label = 'Laptop') =>
    activate(software, { ...call(name), label }, new Date())

  expect(await use('unlimited')).toBe('VALID')
  expect(await use('threeDevices')).toBe('VALID')
  expect(await use('requiresActivation')).toBe('ACTIVATION_REQUIRED')
  expect(await use('metered', { increment_usage: 100 })).toBe('VALID')
  expect(await use('metered', { increment_usage: 1 })).toBe('USAGE_LIMIT_REACHED')
  expect(await use('expired')).toBe('EXPIRED')
  expect(await use('disabled')).toBe('DISABLED')
  expect(await use('perpetual')).toBe('VALID')

  const codes = async (name: keyof DemoSummary['keys']) => {
    const list: string[] = []
    for (const label of ['One', 'Two', 'Three', 'Four']) list.push((await add(name, label)).verdict.code)
    return list
  }
  const three = ['ACTIVATED', 'ACTIVATED', 'ACTIVATED']
  expect(await codes('unlimited')).toEqual([...three, 'ACTIVATED'])
  expect(await codes('metered')).toEqual([...three, 'ACTIVATED'])
  expect(await codes('threeDevices')).toEqual([...three, 'ACTIVATION_LIMIT_REACHED'])
  expect(await codes('requiresActivation')).toEqual([...three, 'ACTIVATION_LIMIT_REACHED'])
  expect(await codes('perpetual')).toContain('ACTIVATIONS_OFF')

  const { activation } = await add('metered')
  const activation_id = activation?.id ?? ''
  expect(await use('metered', { activation_id })).toBe('VALID')
  expect((await deactivate(software, { ...call('metered'), activation_id }, new Date())).verdict.code).toBe(
    'DEACTIVATED',
  )
  expect(await use('metered', { activation_id })).toBe('ACTIVATION_NOT_FOUND')
})

test('the printed API keys open what they say, each its own organization', async () => {
  const { apiClientOf } = await import('#lib/organizations/queries.ts')
  const { apiScopes } = await import('#lib/base/permissions.ts')
  const { prisma } = await import('#lib/database/client.ts')
  const now = new Date()
  const clientOf = (token: string) => apiClientOf(token, now)
  expect(await clientOf(demo.apiKey)).toMatchObject({ organizationId: demo.organizationId, scopes: apiScopes })
  const reading = await clientOf(demo.readOnlyApiKey)
  expect(reading?.scopes.every((scope) => scope.endsWith(':read'))).toBe(true)
  expect(await clientOf(demo.other.apiKey)).toMatchObject({ organizationId: demo.other.organizationId })
  const { hashKeyString } = await import('#lib/key-strings/string.ts')
  const row = await prisma.licenseKey.findUniqueOrThrow({ where: { keyHash: hashKeyString(demo.other.key) } })
  expect(row.organizationId).toBe(demo.other.organizationId)
})

test('seeding again changes nothing and says the same', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const { seed } = await import('./seed.ts')
  const before = await prisma.event.count()
  expect(await seed()).toEqual(demo)
  expect(await prisma.event.count()).toBe(before)
})

test('members sign in with the printed password, each with their role', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const { isPassword } = await import('#lib/auth/passwords.ts')
  const members = await prisma.membership.findMany({
    where: { organizationId: demo.organizationId },
    include: { user: true },
    orderBy: { role: 'asc' },
  })
  expect(members.map(({ role, user }) => [role, user.email])).toEqual([
    ['owner', demo.merchant.email],
    ['support', 'jonas@inkwell.example'],
    ['viewer', 'priya@inkwell.example'],
  ])
  for (const { user } of members) expect(await isPassword(demo.merchant.password, user.passwordHash)).toBe(true)
})

test('two keys look misused, and none of those that only look odd', async () => {
  const { prisma } = await import('#lib/database/client.ts')
  const risks = await prisma.keyRisk.findMany({ where: { organizationId: demo.organizationId, score: { gt: 0 } } })
  const signals = risks.map(({ level, evidence }) => [level, (evidence as { signal: string }[])[0]?.signal])
  expect(signals.sort()).toEqual([
    ['look', 'copies'],
    ['look', 'crowd'],
  ])
})
