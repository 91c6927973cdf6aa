import type { Role } from '#prisma/enums.ts'
import { Refusal } from '../base/errors.ts'
import { roleMay } from '../base/permissions.ts'
import type { EditPart } from '../web/edits.ts'
import { ERASED_DOMAIN } from './plain.ts'

type Known = { email: string; name: string | null; externalId: string | null }

/** True for what stands in the place of an address whose owner's personal data was deleted. Nobody has it, and nobody is given it. */
export const isErasedAddress = (email: string): boolean => email.endsWith(`@${ERASED_DOMAIN}`)

/** Whoever's personal data was deleted stays nobody: what would be kept of them now, no deletion would find again. */
export const personDeleted = (field?: string): Refusal =>
  new Refusal('CONFLICT', 'The personal data of this customer was deleted. Nothing new is kept about them.', field)

/** What changed about a customer, in words for the history. */
export function customerChanges(before: Known, after: Known): string[] {
  const words = { email: 'Address', name: 'Name', externalId: 'External id' } as const
  return (['email', 'name', 'externalId'] as const)
    .filter((field) => before[field] !== after[field])
    .map((field) => `${words[field]}: ${before[field] ?? 'none'} → ${after[field] ?? 'none'}`)
}

const ADDRESS_CHANGE = /^Address: (\S+) → \S+$/

/** The address that an event in a customer's history took away from them: by another one, or when two became one. */
export function addressLeft({ type, data }: { type: string; data: unknown }): string | null {
  const { from, changes } = data as { from?: unknown; changes?: unknown }
  if (type === 'customer.merged') return typeof from === 'string' ? from : null
  if (type !== 'customer.updated' || !Array.isArray(changes)) return null
  return changes.map((each) => ADDRESS_CHANGE.exec(String(each))?.[1]).find((found) => found !== undefined) ?? null
}

/** May a member change or delete this note? Their own, and admins any. */
export const mayChangeNote = (member: { userId: string; role: Role }, note: { authorId: string }): boolean =>
  roleMay(member.role, 'notes.write') && (note.authorId === member.userId || roleMay(member.role, 'customers.write'))

/** What the form of a note changes. */
export const noteParts: EditPart<{ text: string }>[] = [
  {
    ...{ label: 'Note', fields: ['text'], input: 'text' },
    words: ({ text }) => `“${text.length > 80 ? `${text.slice(0, 79)}…` : text}”`,
  },
]

/** An address that whoever has it knows, and nobody else can write to: `to…@herrera.example`. */
export function shortAddress(email: string): string {
  const at = email.lastIndexOf('@')
  return `${email.slice(0, Math.min(2, Math.max(0, at - 1)))}…${email.slice(at)}`
}

/** May a customer hand this key on? One that works, or they would give away what is no use. */
export const mayOffer = (key: { status: string; expiresAt: Date | null }, now: Date): boolean =>
  key.status === 'granted' && (key.expiresAt === null || key.expiresAt > now)

/** May a mailbox still say yes to a change of address? */
export const isOpenMove = (move: { doneAt: Date | null; endedAt: Date | null; expiresAt: Date }, now: Date): boolean =>
  !move.doneAt && !move.endedAt && move.expiresAt > now

/** What the form of a customer changes. */
export const customerParts: EditPart<{ name: string | null; email: string }>[] = [
  { label: 'Name', fields: ['name'], input: 'name', words: ({ name }) => (name === null ? 'no name' : `“${name}”`) },
  { label: 'Address', fields: ['email'], input: 'email', words: ({ email }) => email },
]

/**
 * May a merchant give what a customer has to another address? One that they took themselves was proved by both mailboxes: whoever asks for the
 * one before may be somebody who still reads that mailbox. So this takes knowing it.
 */
export const mayReaddress = ({ addressChosenAt }: { addressChosenAt: Date | null }, knowingly: boolean): boolean =>
  addressChosenAt === null || knowingly

/** Says that it takes knowing. */
export const addressChosen = (): Refusal =>
  new Refusal(
    'CONFLICT',
    'They took this address themselves, confirmed from both mailboxes. Say that it is to be replaced all the same.',
    'replaceChosenAddress',
  )
