import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { System } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import { emptyDelivery } from '../stores/intake.ts'
import type { Sought } from './commands.ts'
import { NAMING } from './former.ts'
import { ERASED_WORD, names, sqlPattern, wordsOf } from './rules.ts'

// What merely mentions somebody whose personal data was deleted: it takes reading everything an organization has, so it is done in the
// background, and may be begun again.

/** Columns of texts, and of JSON, that are searched; `of` limits a table to one organization. */
const texts: { table: string; columns: string[]; json?: string[]; lists?: string[]; of: string }[] = [
  { table: 'events', columns: ['actor_label'], json: ['data'], of: 'organization_id = $1' },
  { table: 'customer_notes', columns: ['text'], of: 'organization_id = $1' },
  { table: 'license_keys', columns: [], lists: ['tags'], of: 'organization_id = $1' },
  { table: 'saved_views', columns: ['name', 'query'], of: 'organization_id = $1' },
  { table: 'imports', columns: ['failure'], of: 'organization_id = $1' },
  {
    ...{ table: 'import_problems', columns: ['key', 'message'] },
    of: 'import_id IN (SELECT id FROM imports WHERE organization_id = $1)',
  },
  { table: 'bulk_changes', columns: ['reason', 'failure'], json: ['action'], of: 'organization_id = $1' },
  {
    ...{ table: 'bulk_change_keys', columns: ['note'] },
    of: 'bulk_change_id IN (SELECT id FROM bulk_changes WHERE organization_id = $1)',
  },
  { table: 'webhook_messages', columns: ['last_error'], of: 'organization_id = $1' },
  ...[
    { table: 'store_reconciliations', columns: ['problem'], json: ['report'] },
    { table: 'store_deliveries', columns: [], lists: ['outcome'] },
    { table: 'store_payments', columns: [], json: ['register'] },
    { table: 'store_refunds', columns: [], json: ['register'] },
    { table: 'store_disputes', columns: [], json: ['register'] },
  ].map((each) => ({
    ...each,
    of: 'connection_id IN (SELECT id FROM store_connections WHERE organization_id = $1)',
  })),
]

/** The statements that take words out of every text of an organization: $1 whose, $2 a pattern, $3 what stands in its place. */
export const searches: string[] = texts.flatMap(({ table, columns, json = [], lists = [], of }) => {
  const all = [
    ...columns.map((column) => ({ column, cast: '' })),
    ...json.map((column) => ({ column, cast: '::jsonb' })),
    ...lists.map((column) => ({ column, cast: '::text[]' })),
  ]
  return all.map(
    ({ column, cast }) =>
      `UPDATE ${table} SET ${column} = regexp_replace(${column}::text, $2, $3, 'gi')${cast}
       WHERE ${of.replace('$1', '$1::uuid')} AND ${column}::text ~* $2`,
  )
})

/** Takes somebody out of everything that mentions them; may run twice. */
export async function runErasure(_system: System, erasureId: string, now: Date): Promise<void> {
  const erasure = await prisma.customerErasure.findUnique({ where: { id: erasureId } })
  if (!erasure?.sought) return
  const sought = JSON.parse(unseal('erasure', erasure.sought)) as Sought
  const words = wordsOf(sought)
  const pattern = sqlPattern(words)
  for (const sql of searches) await prisma.$executeRawUnsafe(sql, erasure.organizationId, pattern, ERASED_WORD)
  await foldNotes(erasure.organizationId)
  await emptyDeliveries(erasure.organizationId, words, sought.refs)
  await emptyAnswers(erasure.organizationId, words)
  await forgetMails(erasure.organizationId, words)
  // Of their account, which no organization has.
  if (sought.isNowhereElse) await forgetMails(null, words)
  // One that was asked for meanwhile saw what was still there.
  await prisma.archive.deleteMany({ where: { organizationId: erasure.organizationId, createdAt: { lte: new Date() } } })
  // With that, nothing here knows any more whom it was about.
  await prisma.customerErasure.update({ where: { id: erasureId }, data: { sought: null, finishedAt: now } })
}

/** Those that a process began and did not end; for the sweep. */
export async function openErasures(_system: System): Promise<string[]> {
  const rows = await prisma.customerErasure.findMany({ where: { finishedAt: null }, select: { id: true } })
  return rows.map(({ id }) => id)
}

// As notes are searched, a name has no accents any more: it follows from the text.
const foldNotes = (organizationId: string) =>
  prisma.$executeRaw`UPDATE customer_notes SET folded = fold_for_search(text)
    WHERE organization_id = ${organizationId}::uuid AND text LIKE ${`%${ERASED_WORD}%`}`

const CHUNK = 500

async function emptyDeliveries(organizationId: string, words: string[], refs: string[]): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await prisma.$queryRaw<{ id: string; content: Uint8Array }[]>`
      SELECT id, content FROM store_deliveries WHERE id > ${after}::uuid
        AND connection_id IN (SELECT id FROM store_connections WHERE organization_id = ${organizationId}::uuid)
      ORDER BY id LIMIT ${CHUNK}`
    for (const { id, content } of rows) {
      const { headers, body } = JSON.parse(unseal('store', content)) as { headers: object; body: string }
      const text = JSON.stringify(headers) + Buffer.from(body, 'base64').toString()
      if (names(plain(text), words, refs))
        await prisma.storeDelivery.updateMany({
          where: { id, content: Buffer.from(content) },
          data: { content: emptyDelivery() },
        })
    }
    const last = rows.at(-1)
    if (!last || rows.length < CHUNK) return
    after = last.id
  }
}

// Forms and JSON spell an address in ways of their own.
const plain = (text: string): string =>
  text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%40/gi, '@')
    .replace(/\+/g, ' ')
    .concat('\n', text)

/** Mails to others that name them: what they say is sealed, so it is opened. */
async function forgetMails(organizationId: string | null, words: string[]): Promise<void> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await prisma.mail.findMany({
      where: { organizationId, template: { in: NAMING }, id: { gt: after } },
      select: { id: true, payload: true },
      orderBy: { id: 'asc' },
      take: CHUNK,
    })
    const naming = rows.filter(({ payload }) => names(plain(unseal('mail-payload', payload)), words))
    await prisma.mail.deleteMany({ where: { id: { in: naming.map(({ id }) => id) } } })
    const last = rows.at(-1)
    if (!last || rows.length < CHUNK) return
    after = last.id
  }
}

async function emptyAnswers(organizationId: string, words: string[]): Promise<void> {
  const rows = await prisma.$queryRaw<{ apiKeyId: string; idempotencyKey: string; answer: Uint8Array }[]>(Prisma.sql`
    SELECT a.api_key_id AS "apiKeyId", a.idempotency_key AS "idempotencyKey", a.answer FROM api_answers a
    JOIN api_keys k ON k.id = a.api_key_id WHERE k.organization_id = ${organizationId}::uuid AND a.answer IS NOT NULL`)
  for (const { apiKeyId, idempotencyKey, answer } of rows) {
    if (!names(unseal('idempotent-outcome', answer), words)) continue
    await prisma.apiAnswer.updateMany({
      where: { apiKeyId, idempotencyKey },
      data: { answer: seal('idempotent-outcome', '{}') },
    })
  }
}
