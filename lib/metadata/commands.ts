import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'

const kinds = {
  product: { table: Prisma.sql`products`, words: 'product' },
  key_configuration: { table: Prisma.sql`key_configurations`, words: 'key configuration' },
} as const

/** Refuses ids of elsewhere that another row of the kind has. Whoever gives such ids waits for each other until commit. */
async function assertFree(
  tx: Tx,
  { organizationId }: Merchant,
  kind: keyof typeof kinds,
  { id, externalIds }: { id: string; externalIds: string[] },
): Promise<void> {
  const { table, words } = kinds[kind]
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`external ids ${kind} ${organizationId}`}, 0))`
  // Calls that name such an id do not mind its case.
  const taken = await tx.$queryRaw<{ name: string; known: string }[]>`
    SELECT t.name, e.known FROM ${table} t, unnest(t.external_ids) AS e(known)
    WHERE t.organization_id = ${organizationId}::uuid AND t.id <> ${id}::uuid
      AND lower(e.known) = ANY(${externalIds.map((each) => each.toLowerCase())}::text[]) LIMIT 1`
  const [other] = taken
  if (!other) return
  const message = `The ${words} “${other.name}” is known as ${other.known}. Take it away there first: each id has one owner.`
  throw new Refusal('CONFLICT', message, 'externalIds')
}

/** Says which ids other systems know a product or a configuration by: the whole list. Calls that name one of them mean it. */
export async function setExternalIds(
  merchant: Merchant,
  kind: keyof typeof kinds,
  { id, externalIds }: { id: string; externalIds: string[] },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  const { table, words } = kinds[kind]
  await prisma.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ name: string; externalIds: string[] }[]>`
      SELECT name, external_ids AS "externalIds" FROM ${table}
      WHERE id = ${id}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    if (!before) throw notFound(words)
    const [from, to] = [before.externalIds, externalIds].map((list) => list.join(', ') || 'none')
    if (from === to) return
    await assertFree(tx, merchant, kind, { id, externalIds })
    await tx.$executeRaw`UPDATE ${table} SET external_ids = ${externalIds}::text[], updated_at = ${now} WHERE id = ${id}::uuid AND organization_id = ${organizationId}::uuid`
    await record(tx, merchant, now, {
      type: `${kind}.updated`,
      organizationId,
      ...(kind === 'product' ? { productId: id } : { keyConfigurationId: id }),
      data: { name: before.name, changes: [`External ids: ${from} → ${to}`] },
    })
  })
}
