import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx, unlessTaken } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { namesOf } from '../license-keys/typed.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { type SavedView, VIEWS_MAX } from './plain.ts'
import { toView, viewColumns } from './queries.ts'
import { keptQuery, viewChanges, viewParts } from './rules.ts'
import type { ChangeView, SaveView } from './schema.ts'

const nameTaken = () => new Refusal('CONFLICT', 'There is a view of this name already. Choose another one.', 'name')

/** One after the other: they are counted, and at most one is the default. */
const lock = ({ organizationId }: Merchant, tx: Tx) =>
  tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`

async function read(merchant: Merchant, text: string): Promise<string> {
  const kept = keptQuery(text, await namesOf(merchant))
  if ('problem' in kept) throw new Refusal('INVALID_INPUT', kept.problem, 'query')
  return kept.query
}

const onlyDefault = ({ organizationId }: Merchant, tx: Tx, id: string) =>
  tx.savedView.updateMany({ where: { organizationId, isDefault: true, id: { not: id } }, data: { isDefault: false } })

/** Keeps what the list is asked for under a name, for all members. */
export async function saveView(merchant: Merchant, input: SaveView, now: Date): Promise<{ id: string; name: string }> {
  assertMay(merchant, 'views.write')
  const { organizationId } = merchant
  const view = { ...input, query: await read(merchant, input.query) }
  return unlessTaken(
    nameTaken,
    prisma.$transaction(async (tx) => {
      await lock(merchant, tx)
      const count = await tx.savedView.count({ where: { organizationId } })
      if (count >= VIEWS_MAX) throw new Refusal('CONFLICT', `At most ${VIEWS_MAX} views are kept. Remove one first.`)
      const id = newId(now)
      if (view.isDefault) await onlyDefault(merchant, tx, id)
      await tx.savedView.create({
        data: {
          id,
          organizationId,
          ...view,
          createdBy: merchant.kind === 'merchant' ? (merchant.name ?? merchant.email) : merchant.name,
          createdAt: now,
          updatedAt: now,
        },
      })
      const data = { name: view.name, query: view.query }
      await record(tx, merchant, now, { type: 'view.saved', organizationId, data })
      return { id, name: view.name }
    }),
  )
}

/** Changes a view, of which only what this person changed since the form was opened. */
export async function changeView(
  merchant: Merchant,
  { viewId, ...typed }: ChangeView,
  opened: Opened,
  now: Date,
): Promise<SavedView> {
  assertMay(merchant, 'views.write')
  const { organizationId } = merchant
  const wanted = { ...typed, query: await read(merchant, typed.query) }
  return unlessTaken(
    nameTaken,
    prisma.$transaction(async (tx) => {
      await lock(merchant, tx)
      const row = await tx.savedView.findFirst({ where: { id: viewId, organizationId }, select: viewColumns })
      if (!row) throw notFound('view')
      const { id, ...present } = toView(row)
      const { merged } = mergeEdit(viewParts, opened, wanted, present)
      const changes = viewChanges(present, merged)
      if (changes.length === 0) return { id, ...merged }
      if (merged.isDefault) await onlyDefault(merchant, tx, id)
      await tx.savedView.update({ where: { id }, data: { ...merged, updatedAt: now } })
      await record(tx, merchant, now, { type: 'view.changed', organizationId, data: { name: merged.name, changes } })
      return { id, ...merged }
    }),
  )
}

/** Removes a view; keys stay as they are. */
export async function removeView(merchant: Merchant, viewId: string, now: Date): Promise<{ name: string }> {
  assertMay(merchant, 'views.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await lock(merchant, tx)
    const view = await tx.savedView.findFirst({
      where: { id: viewId, organizationId },
      select: { id: true, name: true },
    })
    if (!view) throw notFound('view')
    await tx.savedView.delete({ where: { id: view.id } })
    await record(tx, merchant, now, { type: 'view.removed', organizationId, data: { name: view.name } })
    return { name: view.name }
  })
}
