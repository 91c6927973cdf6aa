import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from '../actor.ts'
import { onBatchConnection } from '../batches.ts'
import { pool, prisma } from '../db.ts'
import { newId } from '../ids.ts'
import { disableLicenseKeys, enableLicenseKeys } from './change-key.ts'
import { lockKeys } from './key-changes.ts'
import { keyStringColumns, lookupOf, makeKeyString } from './key-string.ts'
import { COUNT_KEYS, countPlain, plainGroups } from './validate-plain.ts'

// Whatever locks several keys locks them in the order of their hashes; two that differ could wait for each other.

test('everything that locks keys can run beside everything else', async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const { id: customerId } = await prisma.customer.create({ data: { organizationId, email: 'a@test.example' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Pro' } })
  const keys = Array.from({ length: 60 }, () => ({ id: newId(), text: makeKeyString('uuid', 'TEST') }))
  const owner = { organizationId, customerId, keyConfigurationId: configuration.id }
  await prisma.licenseKey.createMany({
    data: keys.map(({ id, text }) => ({ id, ...owner, ...keyStringColumns(text, 'TEST') })),
  })
  const device = await prisma.activation.create({
    data: { organizationId, licenseKeyId: keys[0]?.id as string, label: 'Mac', fingerprint: 'mac' },
  })
  const merchant: ApiClient = {
    kind: 'api_key',
    apiKeyId: newId(),
    name: 'CI',
    organizationId,
    scopes: ['license_keys:write'],
  }

  // Always the same keys, in another order each time.
  const some = (turn: number) => [...keys.slice(turn % keys.length), ...keys.slice(0, turn % keys.length)]
  const ids = (turn: number) => ({ licenseKeyIds: some(turn).map(({ id }) => id), reason: '' })
  const calls = (turn: number) =>
    some(turn).map(({ text }) => ({ call: { key: text, organization_id: organizationId }, lookup: lookupOf(text) }))
  const onDevice = (turn: number) =>
    calls(turn).map(({ call, lookup }, i) => ({ call: { ...call, activation_id: i ? undefined : device.id }, lookup }))
  const lock = (turn: number) =>
    onBatchConnection(async (client) => {
      await client.query('BEGIN')
      await lockKeys(
        client,
        calls(turn).map(({ lookup }) => ({ lookup, activationIds: [], fingerprints: [] })),
        new Date(),
      )
      await client.query('ROLLBACK')
    })
  const lockers: ((turn: number) => Promise<unknown>)[] = [
    (turn) => countPlain(plainGroups(calls(turn)), new Date()),
    (turn) => countPlain(plainGroups(calls(turn)), new Date()),
    (turn) => countPlain(plainGroups(onDevice(turn)), new Date()),
    (turn) => disableLicenseKeys(merchant, ids(turn), new Date()),
    (turn) => enableLicenseKeys(merchant, ids(turn), new Date()),
    lock,
  ]
  const results = await Promise.allSettled(
    lockers.map(async (run, i) => {
      for (let turn = 0; turn < 40; turn++) await run(turn * 7 + i * 11)
    }),
  )
  expect(results.map((result) => (result.status === 'rejected' ? result.reason : 'done'))).toEqual(
    lockers.map(() => 'done'),
  )
})

// A connection keeps its plans, and rows are locked in the order in which a plan finds them. So one that was made for a handful of keys, or
// for tables of which nothing is known yet, must be the one for a million.

type Plan = { 'Node Type': string; Alias?: string; 'Relation Name'?: string; 'Index Cond'?: string; Plans?: Plan[] }

const schema = `plans_${newId().replaceAll('-', '')}`
const TABLES = ['license_keys', 'key_configurations']

beforeAll(() => pool.query(`CREATE SCHEMA ${schema}`))
afterAll(() => pool.query(`DROP SCHEMA ${schema} CASCADE`))

async function makeTables(client: pg.PoolClient, keys: number, configurations: number) {
  for (const table of TABLES) {
    await client.query(`DROP TABLE IF EXISTS ${schema}.${table}`)
    await client.query(`CREATE TABLE ${schema}.${table} (LIKE public.${table} INCLUDING ALL)`)
  }
  const ids = (count: number) => Array.from({ length: count }, () => 'gen_random_uuid()').join(', ')
  await client.query(
    `INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, key_cipher, last_characters, prefix, updated_at)
      SELECT ${ids(4)}, sha256(n::text::bytea), '', '', '', now() FROM generate_series(1, $1::int) n`,
    [keys],
  )
  await client.query(
    `INSERT INTO key_configurations (id, organization_id, name, updated_at) SELECT ${ids(2)}, n, now() FROM generate_series(1, $1::int) n`,
    [configurations],
  )
}

async function planOf(client: pg.PoolClient): Promise<Plan> {
  await client.query(`PREPARE plan_of AS ${COUNT_KEYS.text}`)
  try {
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) EXECUTE plan_of('{}', '{}', '{}', now())`)
    return rows[0]['QUERY PLAN'][0].Plan
  } finally {
    await client.query('DEALLOCATE plan_of')
  }
}

/** What is read, the outermost first. */
function readsOf(plan: Plan): string[] {
  const name = plan['Relation Name'] ?? plan.Alias
  const own = name && plan['Node Type'].includes('Scan') ? [`${name} by ${plan['Index Cond'] ?? 'nothing'}`] : []
  return [...own, ...(plan.Plans ?? []).flatMap(readsOf)]
}

const shapes = [2, 3, 5, 20, 1_000].flatMap((keys) =>
  [1, 20].flatMap((configurations) => [true, false].map((known) => ({ keys, configurations, known }))),
)

test.each(shapes)('$keys keys, $configurations configurations, statistics: $known', async (shape) => {
  const reads = await onBatchConnection(async (client) => {
    await client.query(`SET search_path = ${schema}, public`)
    try {
      await makeTables(client, shape.keys, shape.configurations)
      if (shape.known) for (const table of TABLES) await client.query(`ANALYZE ${schema}.${table}`)
      return readsOf(await planOf(client))
    } finally {
      await client.query('RESET search_path')
    }
  })
  const ofKeys = reads.findIndex((read) => read.startsWith('license_keys'))
  expect(reads[ofKeys]).toBe('license_keys by (key_hash = i.hash)')
  expect(
    reads.slice(0, ofKeys).some((read) => read.startsWith('i by')),
    reads.join('; '),
  ).toBe(true)
  // One configuration may be read before all calls; of several each is looked up.
  if (shape.configurations > 1) expect(reads[0]).toMatch(/^i by/)
})
