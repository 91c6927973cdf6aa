import '#server-only'
import { describeActor, type Member, type Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { foldForSearch } from '../base/text.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import type { EventData } from '../events/schema.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { mayChangeNote, noteParts, personDeleted } from './rules.ts'

// What members write about a customer. The customer never sees it, and history and webhooks do not have its text: it would outlive the note.

const columns = {
  ...{ id: true, text: true, authorId: true, authorLabel: true, createdAt: true, editedAt: true, editedBy: true },
} as const

/** The newest notes about a customer, and how many there are. */
export async function listNotes(merchant: Merchant, customerId: string, limit: number) {
  assertMay(merchant, 'customers.read')
  const where = { organizationId: merchant.organizationId, customerId }
  const [notes, total] = await Promise.all([
    prisma.customerNote.findMany({
      ...{ where, select: columns, take: limit },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    }),
    prisma.customerNote.count({ where }),
  ])
  return { notes, total }
}
export type CustomerNote = Awaited<ReturnType<typeof listNotes>>['notes'][number]

/** Within this time the same said again by the same member is the same note: a form that was sent twice. */
const SAME_NOTE_MS = 60_000

/** Writes a note about a customer. */
export async function addNote(
  member: Member,
  { customerId, text }: { customerId: string; text: string },
  now: Date,
): Promise<{ noteId: string }> {
  assertMay(member, 'notes.write')
  const { organizationId, userId: authorId } = member
  const { actorLabel: authorLabel } = describeActor(member)
  const noteId = newId(now)
  return prisma.$transaction(async (tx) => {
    // Kept from being merged away until it is written, and two notes at once from not seeing each other.
    const [known] = await tx.$queryRaw<
      { isErased: boolean }[]
    >`SELECT erased_at IS NOT NULL AS "isErased" FROM customers
      WHERE id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    if (!known) throw notFound('customer')
    if (known.isErased) throw personDeleted()
    const last = await tx.customerNote.findFirst({
      where: { organizationId, customerId, authorId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      select: { id: true, text: true, createdAt: true },
    })
    if (last?.text === text && now.getTime() - last.createdAt.getTime() < SAME_NOTE_MS) return { noteId: last.id }
    await tx.customerNote.create({
      data: {
        ...{ id: noteId, organizationId, customerId, text, folded: foldForSearch(text) },
        ...{ authorId, authorLabel, createdAt: now },
      },
    })
    await record(tx, member, now, { type: 'customer.note_added', organizationId, customerId, data: {} })
    return { noteId }
  })
}

/** Says a note otherwise: one's own, or any for admins. `opened` is what the form showed when it was opened. */
export async function changeNote(
  member: Member,
  { noteId, text: typed }: { noteId: string; text: string },
  now: Date,
  opened: Opened,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const note = await lockNote(tx, member, noteId)
    const { text } = mergeEdit(noteParts, opened, { text: typed }, { text: note.text }).merged
    if (text === note.text) return
    const { actorLabel: editedBy } = describeActor(member)
    await tx.customerNote.update({
      where: { id: noteId },
      data: { text, folded: foldForSearch(text), editedAt: now, editedBy },
    })
    await tell(tx, member, 'customer.note_changed', note, now)
  })
}

/** Deletes a note for good: one's own, or any for admins. */
export async function deleteNote(member: Member, { noteId }: { noteId: string }, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const note = await lockNote(tx, member, noteId)
    await tx.customerNote.delete({ where: { id: noteId } })
    await tell(tx, member, 'customer.note_deleted', note, now)
  })
}

async function lockNote(tx: Tx, member: Member, noteId: string) {
  assertMay(member, 'notes.write')
  const { organizationId } = member
  await tx.$queryRaw`SELECT 1 FROM customer_notes
    WHERE id = ${noteId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
  const note = await tx.customerNote.findFirst({
    where: { id: noteId, organizationId },
    select: { ...columns, customerId: true },
  })
  if (!note) throw notFound('note')
  if (!mayChangeNote(member, note))
    throw new Refusal('FORBIDDEN', `${note.authorLabel} wrote this. Write another note, or ask an admin.`)
  return note
}

async function tell(
  tx: Tx,
  member: Member,
  type: 'customer.note_changed' | 'customer.note_deleted',
  { customerId, authorId, authorLabel }: { customerId: string; authorId: string; authorLabel: string },
  now: Date,
): Promise<void> {
  const data: EventData = authorId === member.userId ? {} : { author: authorLabel }
  await record(tx, member, now, { type, organizationId: member.organizationId, customerId, data })
}
