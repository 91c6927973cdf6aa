import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { foldForSearch, lettersToFold, UNSEARCHED, withLettersOfDomains } from '../base/text.ts'
import { prisma } from './client.ts'

const letters = lettersToFold()
const from = letters.one.map(([letter]) => letter).join('')
const to = letters.one.map(([, plain]) => plain).join('')

// foldForSearch in SQL. No extension and no locale is asked for (managed databases may lack unaccent, ours has C), and nothing is stored
// twice: text that is plain ASCII, which most is, costs what ILIKE costs.
function foldedSql(column: Prisma.Sql): Prisma.Sql {
  const plain = Prisma.sql`lower(regexp_replace(normalize(${column}, NFKD), ${`[${UNSEARCHED}]`}, '', 'g'))`
  const two = letters.two.reduce((sql, [letter, pair]) => Prisma.sql`replace(${sql}, ${letter}, ${pair})`, plain)
  return Prisma.sql`CASE WHEN octet_length(${column}) = length(${column}) THEN lower(${column})
    ELSE translate(${two}, ${from}, ${to}) END`
}

/** True of rows of which one of the columns has the words in it, whatever their case and accents. */
export function searchedSql(columns: Prisma.Sql[], words: string): Prisma.Sql {
  // With the wildcards people type taken as letters.
  const like = (text: string) => `%${foldForSearch(text).replace(/[\\%_]/g, '\\$&')}%`
  const found = [...new Set([like(words), like(withLettersOfDomains(words))])]
  const parts = columns.flatMap((column) => found.map((each) => Prisma.sql`${foldedSql(column)} LIKE ${each}`))
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`
}

/** The tables that are searched by words, and what of them is. */
type Searched = {
  customers: 'email' | 'name'
  products: 'name' | 'description'
  key_configurations: 'name' | 'prefix'
}

/** The ids of the organization's rows of which one of the columns has the words in it; the newest, when they are more than `limit`. */
export async function searchedIds<Table extends keyof Searched>(
  { organizationId }: Merchant,
  table: Table,
  columns: Searched[Table][],
  words: string,
  limit = 30_000,
): Promise<string[]> {
  const where = searchedSql(
    columns.map((column) => Prisma.raw(column)),
    words,
  )
  const rows = await prisma.$queryRaw<{ id: string }[]>`SELECT id FROM ${Prisma.raw(table)}
    WHERE organization_id = ${organizationId}::uuid AND ${where} ORDER BY id DESC LIMIT ${limit}`
  return rows.map(({ id }) => id)
}
