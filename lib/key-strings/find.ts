import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { keyTail } from './rules.ts'
import { keyHashesOf, readingsOf } from './string.ts'

// Finding rows of license_keys by what people type of a key. Each of these goes by an index; together with OR they would not.

/** True of keys that have one of these strings, or the one that `typed` was meant as: people paste a key as it stands in a mail. */
export function stringSql(typed: string, hashes = keyHashesOf(typed)): Prisma.Sql {
  const readings = readingsOf(typed).map((reading) =>
    'exact' in reading
      ? Prisma.sql`OR key_hash = ${Buffer.from(reading.exact, 'hex')}`
      : Prisma.sql`OR folded_hash = ${Buffer.from(reading.folded, 'hex')}`,
  )
  return Prisma.sql`(key_hash IN (${Prisma.join(hashes)}) ${readings.length > 0 ? Prisma.join(readings, ' ') : Prisma.empty})`
}

/** True of keys that end as `typed` does, in any case; null when that cannot be the end of a key. */
export function endSql(typed: string): Prisma.Sql | null {
  const tail = keyTail(typed)
  return tail === null
    ? null
    : Prisma.sql`lower(reverse(last_characters)) LIKE lower(${`${[...tail].reverse().join('')}%`})`
}
