import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { isId } from '../base/ids.ts'
import { asLetters } from '../base/text.ts'
import { prisma } from '../database/client.ts'
import { customerSearchSql, foldedSearchSql } from '../database/folded.ts'
import { endSql, stringSql } from '../key-strings/find.ts'
import { looksBegun, looksWhole } from '../key-strings/rules.ts'
import { isMistyped, keyHashesOf } from '../key-strings/string.ts'
import { keysBegunBy } from './begun.ts'

// Which keys somebody means by what they typed. The README tells what this was measured against.

const ownedBy = ({ organizationId }: Merchant) => Prisma.sql`organization_id = ${organizationId}::uuid`

/** What `words` are found by in a key's own row, each part by an index: its end, its note. */
function inRowSql(merchant: Merchant, words: string): Prisma.Sql[] {
  const own = ownedBy(merchant)
  const end = endSql(words)
  return [
    Prisma.sql`SELECT id FROM license_keys WHERE ${own} AND note <> ''
      AND ${foldedSearchSql(Prisma.sql`note_folded`, Prisma.sql`note`, words)}`,
    ...(end ? [Prisma.sql`SELECT id FROM license_keys WHERE ${own} AND ${end}`] : []),
  ]
}

/** Ids of keys that `q` as a whole is about: their string, id, end, note or customer. */
export function wholeSearchSql(merchant: Merchant, q: string): Prisma.Sql {
  const own = ownedBy(merchant)
  return Prisma.join(
    [
      Prisma.sql`SELECT id FROM license_keys WHERE ${own} AND ${stringSql(q)}`,
      ...(isId(q) ? [Prisma.sql`SELECT id FROM license_keys WHERE ${own} AND id = ${q}::uuid`] : []),
      ...inRowSql(merchant, q),
      Prisma.sql`SELECT l.id FROM license_keys l JOIN customers u ON u.id = l.customer_id
        WHERE u.${own} AND ${customerSearchSql(q)}`,
    ],
    ' UNION ALL ',
  )
}

const WORDS_MAX = 6

/** How long the name of a refused device is found. */
const REFUSED_DAYS = 90

/**
 * True of a key `k` around which a word stands: customer, order, device, note, the end of the key, ids of elsewhere. For all keys each table
 * is looked through once, and only while keys are left that those before did not find. EXISTS, because PostgreSQL then looks rows up one by one
 * where all that were found would not fit into its memory; `ofFew` has it do so at once.
 */
function wordSql(merchant: Merchant, word: string, now: Date, ofFew: boolean): Prisma.Sql {
  const own = ownedBy(merchant)
  const since = new Date(now.getTime() - REFUSED_DAYS * DAY_MS)
  const few = [
    ...inRowSql(merchant, word),
    Prisma.sql`SELECT id FROM license_keys WHERE ${own} AND external_id = ${word}`,
    Prisma.sql`SELECT license_key_id FROM events WHERE ${own} AND type = 'activation.refused' AND at >= ${since}
      AND data->>'label' ILIKE ${`%${asLetters(word)}%`}`,
  ]
  // PostgreSQL makes no table of what has an offset.
  const oneByOne = ofFew ? Prisma.sql`OFFSET 0` : Prisma.empty
  return Prisma.sql`(
    EXISTS (SELECT 1 FROM customers u WHERE u.id = k.customer_id AND u.${own}
      AND (${customerSearchSql(word)} OR u.external_id = ${word}) ${oneByOne})
    OR EXISTS (SELECT 1 FROM purchases p WHERE p.id = k.purchase_id AND p.${own} AND p.reference ILIKE ${`%${asLetters(word)}%`} ${oneByOne})
    OR k.id IN (${Prisma.join(few, ' UNION ALL ')})
    OR EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id AND a.${own}
      AND (${foldedSearchSql(Prisma.sql`a.folded`, Prisma.sql`a.label`, word)} OR a.fingerprint = ${word} OR a.external_id = ${word}) ${oneByOne}))`
}

/** A word without what stands around it in a mail: `#10482`, `<ana@studio.example>,`. */
const bareWord = (word: string): string =>
  word.replace(/^(?:mailto:|[#<("'“„])+/i, '').replace(/[>)"'”“,;]+$/, '') || word

/** What was typed as a key, with and without the quotes and the label it was copied with. */
export function typedKeys(typed: string): string[] {
  const text = typed.trim()
  const bare = text
    .replace(/^[^:=]{0,30}\b(?:key|code|serial)\s*[:=]\s*/i, '')
    .replace(/^["'“”„‘’«»`<(]+|["'“”‘’«»`>).,;]+$/g, '')
    .trim()
  return [...new Set([text, bare])].filter(Boolean)
}

/** The key that a whole string is, or was before it was replaced; null when no key of the organization ever had it. */
async function keyOfString(merchant: Merchant, typed: string): Promise<{ id: string; replacedAt: Date | null } | null> {
  const hashes = typedKeys(typed).flatMap(keyHashesOf)
  const isIt = stringSql(typed, hashes)
  const rows = await prisma.$queryRaw<{ id: string; rotatedAt: Date | null; exact: boolean }[]>`
    (SELECT id, NULL::timestamptz AS "rotatedAt", true AS exact FROM license_keys WHERE ${ownedBy(merchant)} AND ${isIt} LIMIT 2)
    UNION ALL
    SELECT k.id, o.rotated_at, o.exact FROM (
      SELECT license_key_id, rotated_at, key_hash IN (${Prisma.join(hashes)}) AS exact FROM old_key_strings WHERE ${isIt}) o
    JOIN license_keys k ON k.id = o.license_key_id WHERE k.${ownedBy(merchant)}`
  const onlyOne = (some: typeof rows) => (some.length === 1 ? some[0] : undefined)
  const olds = rows.filter(({ rotatedAt }) => rotatedAt !== null)
  // What may be either of two keys is shown as both, by its end. A string that was rotated away may be written from memory.
  const found =
    onlyOne(rows.filter(({ rotatedAt }) => rotatedAt === null)) ?? olds.find(({ exact }) => exact) ?? onlyOne(olds)
  return found ? { id: found.id, replacedAt: found.rotatedAt } : null
}

/** Keys `k` that what was typed may mean: the one whose string it is, or all in whose surroundings each of its words stands. */
export async function matchingSql(merchant: Merchant, q: string, now: Date): Promise<Prisma.Sql> {
  // A key may look like an id.
  const whole = (await keyOfString(merchant, q)) ?? (isId(q) ? { id: q } : null)
  if (whole) return Prisma.sql`k.id = ${whole.id}::uuid`
  const [bare = q] = typedKeys(q).slice(-1)
  const begun = looksBegun(bare) ? await keysBegunBy(merchant, bare) : null
  if (begun?.length) return Prisma.sql`k.id = ANY(${begun}::uuid[])`
  const words = (bare.includes(' ') ? q : bare).split(/\s+/).slice(0, WORDS_MAX).map(bareWord)
  // Long words are the rarer ones: of what the longest leaves over, the others are asked one by one. CASE keeps that order.
  const [rarest = '', ...others] = [...new Set(words)].sort((a, b) => b.length - a.length)
  const first = wordSql(merchant, rarest, now, false)
  if (others.length === 0) return first
  const all = others.map((word) => wordSql(merchant, word, now, true))
  return Prisma.sql`(CASE WHEN ${first} THEN ${Prisma.join(all, ' AND ')} ELSE false END)`
}

/** What somebody should know about what they typed: a string that was replaced, one that is no key here, or the beginning of one that is not looked for. */
export type SearchNote = { kind: 'replaced'; at: Date } | { kind: 'mistyped' | 'unknown' | 'beginning' } | null

/** A note about a search that looks like a key. */
export async function searchNote(merchant: Merchant, q: string): Promise<SearchNote> {
  const text = q.trim()
  if (!text || isId(text)) return null
  const found = await keyOfString(merchant, text)
  if (found) return found.replacedAt && { kind: 'replaced', at: found.replacedAt }
  const [bare = text] = typedKeys(text).slice(-1)
  if (isMistyped(bare)) return { kind: 'mistyped' }
  if (looksWhole(bare)) return { kind: 'unknown' }
  if (!looksBegun(bare)) return null
  const begun = await keysBegunBy(merchant, bare)
  if (begun === null) return { kind: 'beginning' }
  return begun.length > 0 ? null : { kind: 'unknown' }
}
