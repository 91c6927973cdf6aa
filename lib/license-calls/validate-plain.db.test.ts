import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiClient } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { onBatchConnection, type Statement } from '../database/batches.ts'
import { pool, prisma } from '../database/client.ts'
import { MEANT } from '../key-strings/meant.ts'
import { keyHashOf, keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { disableLicenseKeys, enableLicenseKeys } from '../license-keys/status.ts'
import { CREATE, DEACTIVATE, DEVICES, KEYS, LOCK, lockKeys, MARKS, REFRESH, SEEN } from './changes.ts'
import { READ, READ_OLD, WRITE, WRITE_MARKS } from './validate.ts'
import { COUNT_DEVICES, COUNT_KEYS, countPlain, plainGroups } from './validate-plain.ts'

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
    scopes: ['license_keys:write', 'license_keys:reveal'],
  }

  // Always the same keys, in another order each time.
  const some = (turn: number) => [...keys.slice(turn % keys.length), ...keys.slice(0, turn % keys.length)]
  const ids = (turn: number) => ({ licenseKeyIds: some(turn).map(({ id }) => id), reason: '' })
  const calls = (turn: number) =>
    some(turn).map(({ text }) => ({ call: { key: text, organization_id: organizationId }, keyHash: keyHashOf(text) }))
  const onDevice = (turn: number) =>
    calls(turn).map(({ call, keyHash }, i) => ({
      call: { ...call, activation_id: i ? undefined : device.id },
      keyHash,
    }))
  const lock = (turn: number) =>
    onBatchConnection(async (client) => {
      await client.query('BEGIN')
      await lockKeys(
        client,
        calls(turn).map(({ keyHash }) => ({ keyHash, activationIds: [], fingerprints: [] })),
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

const STATEMENTS = [
  ...[COUNT_KEYS, COUNT_DEVICES, READ, READ_OLD, MEANT, WRITE, WRITE_MARKS],
  ...[LOCK, DEVICES, DEACTIVATE, REFRESH, CREATE, KEYS, SEEN, MARKS],
]
const TABLES = ['license_keys', 'key_configurations', 'activations', 'old_key_strings', 'purchases', 'organizations']

type Plan = {
  'Node Type': string
  Alias?: string
  'Relation Name'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Plans?: Plan[]
}

const schema = `plans_${newId().replaceAll('-', '')}`

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
    `INSERT INTO activations (id, organization_id, license_key_id, label) SELECT ${ids(3)}, '' FROM generate_series(1, $1::int)`,
    [keys],
  )
  await client.query(
    `INSERT INTO old_key_strings (key_hash, license_key_id, rotated_at, valid_until)
      SELECT sha256(n::text::bytea), ${ids(1)}, now(), now() FROM generate_series(1, $1::int) n`,
    [keys],
  )
  await client.query(
    `INSERT INTO key_configurations (id, organization_id, name, updated_at) SELECT ${ids(2)}, n, now() FROM generate_series(1, $1::int) n`,
    [configurations],
  )
}

/** As a connection keeps it: made without knowing the calls. */
async function planOf(client: pg.PoolClient, { text }: Statement): Promise<Plan> {
  const parameters = new Set(text.match(/\$\d+/g)).size
  await client.query(`PREPARE plan_of AS ${text}`)
  try {
    const { rows } = await client.query(
      `EXPLAIN (FORMAT JSON) EXECUTE plan_of(${Array(parameters).fill('NULL').join(', ')})`,
    )
    return rows[0]['QUERY PLAN'][0].Plan
  } finally {
    await client.query('DEALLOCATE plan_of')
  }
}

/** What is read, the outermost first. */
function readsOf(plan: Plan): string[] {
  const name = plan['Relation Name'] ?? plan.Alias
  const by = plan['Index Cond'] ?? plan['Recheck Cond'] ?? 'nothing'
  const own = name && plan['Node Type'].includes('Scan') ? [`${name} by ${by}`] : []
  return [...own, ...(plan.Plans ?? []).flatMap(readsOf)]
}

/** What makes a handful of rows of a table of any size. */
const LOOK_UPS = [
  /^license_keys by \((key_hash|folded_hash|id) = /,
  /^activations by \(+(id|license_key_id) = /,
  /^old_key_strings by \((key_hash|folded_hash) = /,
  /^(key_configurations|purchases|organizations) by \(id = /,
]

// Two rows and more: of a table known to have one, reading all of it is as good as anything, until an import makes it known that it grew.
const shapes = [2, 3, 5, 20, 1_000].flatMap((keys) =>
  [1, 20].flatMap((configurations) => [true, false].map((known) => ({ keys, configurations, known }))),
)

test.each(shapes)('$keys keys, $configurations configurations, statistics: $known', async (shape) => {
  const plans = await onBatchConnection(async (client) => {
    await client.query(`SET search_path = ${schema}, public`)
    try {
      await makeTables(client, shape.keys, shape.configurations)
      if (shape.known) for (const table of TABLES) await client.query(`ANALYZE ${schema}.${table}`)
      const plans: Record<string, string[]> = {}
      for (const statement of STATEMENTS) plans[statement.name] = readsOf(await planOf(client, statement))
      return plans
    } finally {
      await client.query('RESET search_path')
    }
  })
  for (const { name } of STATEMENTS) {
    const ofTables = (plans[name] ?? []).filter((read) => TABLES.some((table) => read.startsWith(`${table} by `)))
    const isLookUp = (read: string) => LOOK_UPS.some((lookUp) => lookUp.test(read))
    // One configuration may be read before all calls; of several each is looked up.
    const isOnly = (read: string) => read === 'key_configurations by nothing' && shape.configurations === 1
    expect(
      ofTables.filter((read) => !isLookUp(read) && !isOnly(read)),
      name,
    ).toEqual([])
  }
  // This one locks what it finds, as it finds it: the calls come before the keys.
  const reads = plans[COUNT_KEYS.name] as string[]
  const ofKeys = reads.findIndex((read) => read.startsWith('license_keys'))
  expect(reads[ofKeys]).toBe('license_keys by (key_hash = i.hash)')
  expect(
    reads.slice(0, ofKeys).some((read) => read.startsWith('i by')),
    reads.join('; '),
  ).toBe(true)
  if (shape.configurations > 1) expect(reads[0]).toMatch(/^i by/)
})
