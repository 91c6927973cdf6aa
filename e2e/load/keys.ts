// Many keys at once, straight into a database, as the app would have made them.

import { newId } from '#lib/base/ids.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { keyStringColumns, makeKeyString } from '#lib/key-strings/string.ts'

/** Keys under load, and the organization they belong to. */
export type LoadKeys = { organizationId: string; keys: string[] }

const CHUNK = 10_000
/** More strings than this a load generator need not know; they lie evenly between the others. */
const KNOWN_MAX = 50_000

/** Makes an organization with `count` keys of one configuration: 1,000 devices, no expiry, usage without limit. */
export async function makeKeys(count: number): Promise<LoadKeys> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: `load-${organizationId}`, name: 'Load' } })
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Load', prefix: 'LOAD', activationsMode: 'limited', activationLimit: 1_000 },
  })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'load@example.com' } })
  const keys: string[] = []
  const spacing = Math.ceil(count / KNOWN_MAX)
  for (let done = 0; done < count; done += CHUNK) {
    const strings = Array.from({ length: Math.min(CHUNK, count - done) }, () => makeKeyString('uuid', 'LOAD'))
    const columns = strings.map((text) => keyStringColumns(text, 'LOAD'))
    await pool.query(
      `INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, folded_hash, key_cipher, key_is_normal, last_characters, prefix, updated_at)
       SELECT n.id, $1, $2, $3, n.hash, n.folded, n.cipher, true, n.last, 'LOAD', now()
       FROM unnest($4::uuid[], $5::bytea[], $6::bytea[], $7::text[], $8::bytea[]) AS n(id, hash, cipher, last, folded)`,
      [
        organizationId,
        configuration.id,
        customer.id,
        strings.map(() => newId()),
        columns.map(({ keyHash }) => keyHash),
        columns.map(({ keyCipher }) => keyCipher),
        columns.map(({ lastCharacters }) => lastCharacters),
        columns.map(({ foldedHash }) => foldedHash),
      ],
    )
    keys.push(...strings.filter((_, i) => (done + i) % spacing === 0))
  }
  await pool.query('VACUUM ANALYZE license_keys')
  await pool.query('CHECKPOINT')
  return { organizationId, keys }
}
