import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { asLetters, foldForSearch, lettersToFold, UNSEARCHED, withLettersOfDomains } from '../base/text.ts'
import { pool, prisma } from './client.ts'

const letters = lettersToFold()
const from = letters.one.map(([letter]) => letter).join('')
const to = letters.one.map(([, plain]) => plain).join('')

// foldForSearch in SQL, for what is searched in small tables: no extension and no locale is asked for (managed databases may lack unaccent,
// ours has C). Customers and devices, of which there are many, keep their folded words.
function foldedSql(column: Prisma.Sql): Prisma.Sql {
  const plain = Prisma.sql`lower(regexp_replace(normalize(${column}, NFKD), ${`[${UNSEARCHED}]`}, '', 'g'))`
  const two = letters.two.reduce((sql, [letter, pair]) => Prisma.sql`replace(${sql}, ${letter}, ${pair})`, plain)
  return Prisma.sql`CASE WHEN octet_length(${column}) = length(${column}) THEN lower(${column})
    ELSE translate(${two}, ${from}, ${to}) END`
}

const like = (text: string) => `%${asLetters(foldForSearch(text))}%`

const patternsOf = (words: string) => [...new Set([like(words), like(withLettersOfDomains(words))])]

/** The same of words that are stored folded: `folded`, or `present` made so while the row is not filled yet. */
export function foldedSearchSql(folded: Prisma.Sql, present: Prisma.Sql, words: string): Prisma.Sql {
  const parts = patternsOf(words).map(
    (each) => Prisma.sql`COALESCE(${folded}, fold_for_search(${present})) LIKE ${each}`,
  )
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`
}

/** The customers whose name or address has the words in it; `of` is how the statement calls them. */
export const customerSearchSql = (words: string, of: 'u' | 'customers' = 'u'): Prisma.Sql => {
  const column = (name: string) => Prisma.raw(`${of}.${name}`)
  const present = Prisma.sql`concat_ws(E'\\n', ${column('name')}, ${column('email')})`
  return foldedSearchSql(column('folded'), present, words)
}

const FILL_BATCH = 1_000
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Fills in the folded words of rows that were there before such were kept. Goes on for `milliseconds` at most; the next sweep does the rest. Rows
 * that somebody holds are left for it: nobody waits.
 */
export async function foldWords(milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds
  let filled = 0
  for (const [table, column, words, due] of [
    ['customers', 'folded', `concat_ws(E'\\n', name, email)`, 'true'],
    ['activations', 'folded', 'label', 'true'],
    ['license_keys', 'note_folded', 'note', `note <> ''`],
  ] as const) {
    for (let after = FIRST; Date.now() < end; ) {
      const { rows } = await pool.query<{ id: string }>(
        `WITH due AS (SELECT id FROM ${table} WHERE ${due} AND ${column} IS NULL AND id > $1 ORDER BY id LIMIT ${FILL_BATCH} FOR UPDATE SKIP LOCKED)
         UPDATE ${table} t SET ${column} = fold_for_search(${words}) FROM due WHERE t.id = due.id RETURNING t.id`,
        [after],
      )
      filled += rows.length
      if (rows.length === 0) break
      after =
        rows
          .map(({ id }) => id)
          .sort()
          .at(-1) ?? after
    }
  }
  return filled
}

/** True of rows of which one of the columns has the words in it, whatever their case and accents. */
export function searchedSql(columns: Prisma.Sql[], words: string): Prisma.Sql {
  const found = patternsOf(words)
  const parts = columns.flatMap((column) => found.map((each) => Prisma.sql`${foldedSql(column)} LIKE ${each}`))
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`
}

/** The tables that are searched by words, and what of them is. */
type Searched = {
  customers: 'folded'
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
  const where =
    table === 'customers'
      ? customerSearchSql(words, 'customers')
      : searchedSql(
          columns.map((column) => Prisma.raw(column)),
          words,
        )
  const rows = await prisma.$queryRaw<{ id: string }[]>`SELECT id FROM ${Prisma.raw(table)}
    WHERE organization_id = ${organizationId}::uuid AND ${where} ORDER BY id DESC LIMIT ${limit}`
  return rows.map(({ id }) => id)
}
