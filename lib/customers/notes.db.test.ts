import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { createEndpoint } from '../webhook-endpoints/commands.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { mergeCustomers } from './hand-over.ts'
import { addNote, changeNote, deleteNote, listNotes } from './notes.ts'
import { listCustomers } from './queries.ts'

// What members write about a customer: whose it is, who may change it, and where its text goes.

const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function shopWithCustomer() {
  const shop = await makeOrganization()
  const customer = () =>
    prisma.customer.create({ data: { organizationId: shop.id, email: `noted-${newId().slice(-12)}@example.com` } })
  const { id } = await customer()
  const textsOf = async (customerId = id) =>
    (await listNotes(shop.merchant, customerId, 50)).notes.map(({ text }) => text)
  return { shop, customer, id, textsOf }
}
const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 9, 0, second))

test('notes stand newest first with who wrote them; support writes, viewers read', async () => {
  const { shop, id, textsOf } = await shopWithCustomer()
  const [support, viewer] = [await shop.member('support'), await shop.member('viewer')]
  await addNote(support, { customerId: id, text: 'Moved to a new studio' }, at(1))
  await addNote(shop.merchant, { customerId: id, text: 'Teaches a class' }, at(2))
  expect(await textsOf()).toEqual(['Teaches a class', 'Moved to a new studio'])
  expect((await listNotes(viewer, id, 1)).notes).toMatchObject([
    { authorLabel: 'Mira Member', text: 'Teaches a class' },
  ])
  expect((await listNotes(viewer, id, 1)).total).toBe(2)
  await expect(addNote(viewer, { customerId: id, text: 'x' }, at(3))).rejects.toThrow(refusal('FORBIDDEN'))
})

test('one changes and deletes one’s own; an admin any, and it says so', async () => {
  const { shop, id, textsOf } = await shopWithCustomer()
  const [support, other] = [await shop.member('support'), await shop.member('support')]
  const { noteId } = await addNote(support, { customerId: id, text: 'Wants an invoice' }, at(1))
  const opened = { text: 'Wants an invoice' }
  await expect(changeNote(other, { noteId, text: 'x' }, at(2), opened)).rejects.toThrow(refusal('FORBIDDEN'))
  await expect(deleteNote(other, { noteId }, at(2))).rejects.toThrow(refusal('FORBIDDEN'))
  await changeNote(support, { noteId, text: 'Has the invoice' }, at(2), opened)
  await expect(changeNote(shop.merchant, { noteId, text: 'Paid' }, at(3), opened)).rejects.toMatchObject({
    conflicts: [{ label: 'Note', theirs: '“Has the invoice”', yours: '“Paid”' }],
  })
  await changeNote(shop.merchant, { noteId, text: 'Paid' }, at(3), { text: 'Has the invoice' })
  const [note] = (await listNotes(shop.merchant, id, 1)).notes
  expect(note).toMatchObject({ text: 'Paid', authorId: support.userId, editedAt: at(3), editedBy: 'Mira Member' })
  await deleteNote(shop.merchant, { noteId }, at(4))
  expect(await textsOf()).toEqual([])
  await expect(deleteNote(shop.merchant, { noteId }, at(5))).rejects.toThrow(refusal('NOT_FOUND'))
})

test('no text of a note is in the history, and endpoints hear nothing', async () => {
  const { shop, id } = await shopWithCustomer()
  // One that hears of everything.
  const order = CreateEndpoint.parse({ url: 'https://hooks.example.com/', types: [] })
  await createEndpoint(shop.merchant, order, '2026-11-28', new Date())
  const { noteId } = await addNote(shop.merchant, { customerId: id, text: 'quokka' }, at(1))
  await changeNote(shop.merchant, { noteId, text: 'quokka two' }, at(2), { text: 'quokka' })
  await deleteNote(shop.merchant, { noteId }, at(3))
  const events = await prisma.event.findMany({ where: { customerId: id }, orderBy: { at: 'asc' } })
  expect(events.map(({ type }) => type)).toEqual([
    'customer.note_added',
    'customer.note_changed',
    'customer.note_deleted',
  ])
  expect(JSON.stringify(events.map(({ data }) => data))).not.toContain('quokka')
  expect(await prisma.webhookMessage.count({ where: { organizationId: shop.id } })).toBe(0)
})

test('another organization reads, writes, changes and finds nothing', async () => {
  const [{ shop, id, textsOf }, stranger] = [await shopWithCustomer(), await makeOrganization()]
  const { noteId } = await addNote(shop.merchant, { customerId: id, text: 'Ours' }, at(1))
  const me = stranger.merchant
  await expect(addNote(me, { customerId: id, text: 'x' }, at(2))).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(changeNote(me, { noteId, text: 'x' }, at(2), { text: 'Ours' })).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(deleteNote(me, { noteId }, at(2))).rejects.toThrow(refusal('NOT_FOUND'))
  expect((await listNotes(me, id, 9)).total).toBe(0)
  expect(await textsOf()).toEqual(['Ours'])
})

test('a customer is found by the words of a note, and the list says which; accents and case are nothing', async () => {
  const { shop, customer, id } = await shopWithCustomer()
  const other = await customer()
  await addNote(shop.merchant, { customerId: id, text: 'Früher Café Zürich' }, at(1))
  const list = { page: 1, size: 10, sort: 'createdAt', dir: 'desc' } as const
  expect((await listCustomers(shop.merchant, { q: 'cafe ZURICH' }, list)).customers).toMatchObject([
    { id, note: 'Früher Café Zürich' },
  ])
  expect((await listCustomers(shop.merchant, { q: other.email }, list)).customers).toMatchObject([
    { id: other.id, note: null },
  ])
})

test('at a merge notes go along, also one that is being written', async () => {
  const { shop, customer, id, textsOf } = await shopWithCustomer()
  const { id: into } = await customer()
  await addNote(shop.merchant, { customerId: id, text: 'First' }, at(1))
  const [merged, written] = await Promise.allSettled([
    mergeCustomers(shop.merchant, { customerId: id, intoId: into }, at(2)),
    addNote(shop.merchant, { customerId: id, text: 'Late' }, at(3)),
  ])
  expect(merged.status).toBe('fulfilled')
  if (written.status === 'rejected') expect(written.reason).toEqual(refusal('NOT_FOUND'))
  expect(await textsOf(into)).toEqual(written.status === 'fulfilled' ? ['Late', 'First'] : ['First'])
})

test('a note that is sent twice within a minute is one, also of two at once; somebody else’s and a later one are others', async () => {
  const { shop, id, textsOf } = await shopWithCustomer()
  const write = (by = shop.merchant, when = at(1)) => addNote(by, { customerId: id, text: 'Rang' }, when)
  const both = await Promise.all([write(), write(), write()])
  expect(new Set(both.map(({ noteId }) => noteId)).size).toBe(1)
  expect(await prisma.event.count({ where: { customerId: id, type: 'customer.note_added' } })).toBe(1)
  await write(await shop.member('support'), at(2))
  await write(shop.merchant, new Date(at(1).getTime() + 60_000))
  expect(await textsOf()).toEqual(['Rang', 'Rang', 'Rang'])
})
