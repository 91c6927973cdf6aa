import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from './database/migrate.ts'
import { ask, compareMigrations, holdSecret, refuseNewer } from './database/open.ts'
import type { Environment } from './environment.ts'
import { findSecrets, newSecret, readSecretFile, weaknessOf, writeSecrets } from './secret.ts'

// A lost, wrong or mixed-up master secret, and a database of a newer version: no start, and a sentence that says what to do.

const server = process.env.DATABASE_URL as string
const made: string[] = []
let folder: string
let file: string

const urlOf = (name: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href

async function newDatabase(template = 'secret_template'): Promise<string> {
  const name = `secret_${made.length}_${process.pid}`
  await ask(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  made.push(name)
  return urlOf(name)
}

const environmentOf = (secrets: Environment['secrets']) => ({ secrets, databaseUrl: server }) as Environment
const start = (url: string, secrets: Environment['secrets']) => holdSecret(environmentOf(secrets), url)
const given = (...secrets: string[]) =>
  findSecrets({ LATCHKEY_SECRET: secrets[0], LATCHKEY_SECRET_PREVIOUS: secrets[1] } as never)

async function addOrganization(url: string) {
  await ask(url, `INSERT INTO organizations (id, slug, name) VALUES (gen_random_uuid(), 'a', 'A')`)
}

/** A key as a version without the check left it, made with this secret. */
async function addKey(url: string, secret: string) {
  const { keysOf, sealWith } = await import('#lib/secrets/secrets.ts')
  const keys = keysOf({ version: 1, secret })
  const text = `KEY-${newSecret()}`
  const hash = Buffer.from(keys.hash('license-key-lookup', text), 'hex')
  await ask(
    url,
    `WITH o AS (SELECT id FROM organizations LIMIT 1),
      c AS (INSERT INTO key_configurations (id, organization_id, name, updated_at) SELECT gen_random_uuid(), id, $3, now() FROM o RETURNING id),
      u AS (INSERT INTO customers (id, organization_id, email, updated_at) SELECT gen_random_uuid(), id, $3, now() FROM o RETURNING id)
     INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, key_cipher, last_characters, updated_at)
     SELECT gen_random_uuid(), o.id, c.id, u.id, $1, $2, '', now() FROM o, c, u`,
    [hash, Buffer.from(sealWith(keys, 'license-key-cipher', text)), `${text.toLowerCase()}@example.com`],
  )
}

const checks = (url: string) => ask<{ version: number }>(url, 'SELECT version FROM secret_versions')

beforeAll(async () => {
  await ask(server, 'CREATE DATABASE secret_template')
  expect(migrate('deploy', urlOf('secret_template'), { quiet: true })).toBe(true)
}, 60_000)
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-secret-'))
  file = path.join(folder, 'secret')
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(async () => {
  for (const name of [...made, 'secret_template']) await ask(server, `DROP DATABASE ${name} WITH (FORCE)`)
})

describe('which secret a database was made with', () => {
  test('an empty database takes the first secret, and no other one afterwards', async () => {
    const url = await newDatabase()
    const [mine, another] = [newSecret(), newSecret()]
    await start(url, given(mine))
    expect(await checks(url)).toEqual([{ version: 1 }])
    await start(url, given(mine))
    await expect(start(url, given(another))).rejects.toThrow(/not the one this database was made with.*docs\/secrets/s)
    expect(await checks(url)).toEqual([{ version: 1 }])
  })

  test('two that start at once with different secrets: one of them is refused', async () => {
    const url = await newDatabase()
    const both = await Promise.allSettled([start(url, given(newSecret())), start(url, given(newSecret()))])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('a secret is made for an empty database, and only for one', async () => {
    const url = await newDatabase()
    const missing = () => readSecretFile(file)
    expect(missing()).toMatchObject({ are: 'missing' })
    await start(url, missing())
    const secret = readFileSync(file, 'utf8').trim()
    expect(weaknessOf(secret)).toBeNull()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['secret'])
    await start(url, readSecretFile(file))
    // Moved away.
    rmSync(file)
    await expect(start(url, missing())).rejects.toThrow(
      /its master secret is missing.*No new one is made.*Restoring the database alone/s,
    )
    expect(existsSync(file)).toBe(false)
    // Brought back.
    writeFileSync(file, secret)
    await start(url, readSecretFile(file))
  })

  test('data from before there was a check: the secret that opens it is right, every other and none refused', async () => {
    const url = await newDatabase()
    const [mine, another] = [newSecret(), newSecret()]
    await addOrganization(url)
    await expect(start(url, readSecretFile(file))).rejects.toThrow('No new one is made')
    await addKey(url, mine)
    await expect(start(url, readSecretFile(file))).rejects.toThrow('No new one is made')
    await expect(start(url, given(another))).rejects.toThrow('does not open the license keys in it')
    expect(await checks(url)).toEqual([])
    await start(url, given(mine))
    expect(await checks(url)).toEqual([{ version: 1 }])
  })

  test('data that two secrets were used for: neither is right', async () => {
    const url = await newDatabase()
    const [mine, another] = [newSecret(), newSecret()]
    await addOrganization(url)
    await addKey(url, mine)
    await addKey(url, another)
    await expect(start(url, given(mine))).rejects.toThrow('does not open')
    await expect(start(url, given(another))).rejects.toThrow('does not open')
  })

  test('data in which nothing is sealed takes the secret that is there', async () => {
    const url = await newDatabase()
    await addOrganization(url)
    await start(url, given(newSecret()))
    expect(await checks(url)).toEqual([{ version: 1 }])
  })
})

describe('the secret itself', () => {
  test.each([
    ['0123456789'.repeat(4), 'repeats itself'],
    ['0123456789abcdefghijklmnopqrstuvwxyz', 'row of neighbors'],
    ['a'.repeat(40), 'repeats a few characters'],
    ['abcdefgh'.repeat(5), 'repeats'],
    ['only-for-tests-only-for-tests-only-for-tests', 'repeats itself'],
    ['please-change-me-before-production-use', 'is an example'],
    ['short', 'too short'],
  ])('%s is refused', (secret, why) => {
    expect(weaknessOf(secret)).toContain(why)
    expect(findSecrets({ LATCHKEY_SECRET: secret } as never)).toMatchObject({
      are: 'unusable',
      problem: expect.stringMatching(/openssl rand -base64 32/),
    })
  })

  test('what programs make is taken', () => {
    for (let i = 0; i < 2_000; i++) {
      expect(weaknessOf(newSecret())).toBeNull()
      expect(weaknessOf(randomBytes(16).toString('hex'))).toBeNull()
    }
  })

  test.each([
    ['', 'is empty'],
    ['\n \n', 'is empty'],
    ['cut-off', 'too short'],
  ])('a file with %j is refused, and left as it is', async (content, why) => {
    const url = await newDatabase()
    writeFileSync(file, content)
    expect(readSecretFile(file)).toMatchObject({ are: 'unusable', problem: expect.stringContaining(why) })
    await expect(start(url, readSecretFile(file))).rejects.toThrow(/bring it back from your backup/)
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  test('a disk that takes nothing leaves no file, or the one that was there', () => {
    const script = `import { writeSecrets } from ${JSON.stringify(path.resolve(import.meta.dirname, 'secret.ts'))}
      try { writeSecrets(process.argv[1], ['x'.repeat(40)], { isNew: process.argv[2] === 'new' }); console.log('written') }
      catch (error) { console.log(error.code) }`
    const write = (isNew: boolean, limit: string) => {
      const args = `exec '${process.execPath}' --input-type=module -e '${script.replaceAll("'", `'"'"'`)}' '${file}' ${isNew ? 'new' : 'over'}`
      return spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f ${limit}; ${args}`], { encoding: 'utf8' }).stdout.trim()
    }
    expect(write(true, '0')).toBe('EFBIG')
    expect(readdirSync(folder)).toEqual([])
    expect(write(true, 'unlimited')).toBe('written')
    writeSecrets(file, ['before'])
    expect(write(false, '0')).toBe('EFBIG')
    expect(readFileSync(file, 'utf8')).toBe('before\n')
    expect(write(true, 'unlimited')).toBe('EEXIST')
    expect(readFileSync(file, 'utf8')).toBe('before\n')
    expect(readdirSync(folder)).toEqual(['secret'])
  })
})

test('a database that a newer version has changed is refused, and both are named', async () => {
  const url = await newDatabase()
  const { known } = await compareMigrations(url)
  await refuseNewer(url)
  await ask(
    url,
    `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ('x', 'x', now(), '29990101000000_things_to_come', 1)`,
  )
  const refused = expect(refuseNewer(url)).rejects
  await refused.toThrow(/newer version.*29990101000000_things_to_come/s)
  await expect(refuseNewer(url)).rejects.toThrow(known.at(-1))
})

describe('replacing the secret', () => {
  const pace = { settleMs: 10, lookEveryMs: 10, giveUpMs: 300, rows: 2, restMs: 0 }
  const from = { version: 1, secret: newSecret() }
  const to = { version: 2, secret: newSecret() }
  const versions = (url: string) => ask(url, 'SELECT version, state::text FROM secret_versions ORDER BY 1')

  async function prepared() {
    const url = await newDatabase()
    await addOrganization(url)
    for (let i = 0; i < 5; i++) await addKey(url, from.secret)
    await start(url, given(from.secret))
    const query = async (sql: string, values?: unknown[]) => ask(url, sql, values)
    const { replaceSecret } = await import('#lib/secret-rotation/rotation.ts')
    return { url, query, replace: () => replaceSecret(query, { from, to }, () => {}, pace) }
  }

  /** How many key strings open with a secret and are found by its hash. */
  async function keysOfSecret(url: string, held: typeof from): Promise<number> {
    const { keysOf, unsealWith } = await import('#lib/secrets/secrets.ts')
    const keys = keysOf(held)
    const rows = await ask<{ key_hash: Buffer; key_cipher: Buffer }>(
      url,
      'SELECT key_hash, key_cipher FROM license_keys',
    )
    return rows.filter(({ key_hash, key_cipher }) => {
      try {
        const text = unsealWith(keys, 'license-key-cipher', key_cipher).toString('utf8')
        return keys.hash('license-key-lookup', text) === key_hash.toString('hex')
      } catch {
        return false
      }
    }).length
  }

  test('every key is rewritten, also what a slow process still wrote, and the former secret opens nothing', async () => {
    const { url, query, replace } = await prepared()
    expect(await replace()).toEqual({ unreadable: 0, tokens: 0 })
    expect(await versions(url)).toEqual([
      { version: 1, state: 'leaving' },
      { version: 2, state: 'current' },
    ])
    await expect(start(url, given(to.secret))).rejects.toThrow('has the new one only')
    await expect(start(url, given(from.secret))).rejects.toThrow('not the one this database was made with')
    await start(url, given(to.secret, from.secret))
    await addKey(url, from.secret)
    expect(await replace()).toEqual({ unreadable: 0, tokens: 0 })
    expect([await keysOfSecret(url, from), await keysOfSecret(url, to)]).toEqual([0, 6])
    const { forgetSecret } = await import('#lib/secret-rotation/rotation.ts')
    await forgetSecret(query, from)
    expect(await versions(url)).toEqual([{ version: 2, state: 'current' }])
    await start(url, given(to.secret))
    await expect(start(url, given(from.secret))).rejects.toThrow('not the one this database was made with')
  })

  test('waits for a process that has the former secret only, names it, and has changed nothing', async () => {
    const { url, query, replace } = await prepared()
    const about = 'machine-b, process 42'
    await query(`INSERT INTO secret_holders VALUES (gen_random_uuid(), $1, 1, 1, now())`, [about])
    await expect(replace()).rejects.toThrow(about)
    expect(await versions(url)).toEqual([
      { version: 1, state: 'current' },
      { version: 2, state: 'next' },
    ])
    expect(await keysOfSecret(url, from)).toBe(5)
    await expect(start(url, given(from.secret))).rejects.toThrow('has the old one only')
    await query('DELETE FROM secret_holders')
    await replace()
    expect(await keysOfSecret(url, to)).toBe(5)
  })

  test('does not begin while a string without a sealed copy is still good', async () => {
    const { url, query, replace } = await prepared()
    await query(
      `INSERT INTO old_key_strings (key_hash, license_key_id, rotated_at, valid_until)
       SELECT key_hash, id, now(), now() + interval '1 day' FROM license_keys LIMIT 1`,
    )
    await expect(replace()).rejects.toThrow('Run this again then')
    expect(await versions(url)).toEqual([{ version: 1, state: 'current' }])
  })
})
