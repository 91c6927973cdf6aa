import { z } from 'zod'
import { checkbox, line, paragraphs, wholeNumber } from '../base/fields.ts'
import { EMAIL_MAX, emailAddress, sentEmailAddress } from '../base/text.ts'
import { NOTE_MAX } from './plain.ts'

/** The bounds of what is kept of a customer. */
export const limits = { name: 120, email: EMAIL_MAX, externalId: 200 } as const

/** The bounds as a description says them: an @, and a dot behind it, however the keyboard writes dots. */
const described = {
  ...{ format: 'idn-email', maxLength: limits.email },
  pattern: '@.*[.\\u3002\\uff0e\\uff61]',
}

/** An address of a customer that a program sends: what would have to be mended first may be somebody else's. */
export const sentEmail = sentEmailAddress('Send an e-mail address as a mail server takes it.').meta(described)

const fields = {
  email: emailAddress('Enter an e-mail address.').meta(described),
  name: line('A name', limits.name).transform((name): string | null => name || null),
  /** What another system calls them. */
  externalId: line('An id', limits.externalId).transform((id): string | null => id || null),
}

/** A new customer. */
export const CreateCustomer = z.object({
  ...fields,
  name: fields.name.nullable().default(null),
  externalId: fields.externalId.nullable().default(null),
})
export type CreateCustomer = z.infer<typeof CreateCustomer>

/** Changes to a customer; what is left out stays. */
export const UpdateCustomer = z.object({
  customerId: z.uuid(),
  email: fields.email.optional(),
  name: fields.name.nullable().optional(),
  externalId: fields.externalId.nullable().optional(),
})
export type UpdateCustomer = z.infer<typeof UpdateCustomer>

/** The same as the form sends it; `replaceChosenAddress`: also from an address that they took themselves. */
export const EditCustomer = z.object({
  customerId: z.uuid(),
  email: fields.email,
  name: fields.name,
  replaceChosenAddress: checkbox,
})

const note = paragraphs('A note', NOTE_MAX).refine((text) => text !== '', 'Write something first.')

/** Something to know about a customer. */
export const AddNote = z.object({ customerId: z.uuid(), text: note })
/** The same said otherwise. */
export const ChangeNote = z.object({ noteId: z.uuid(), text: note })
export const NoteId = z.object({ noteId: z.uuid() })

/** Two customers who are one person; `replaceChosenAddress`: also where whoever goes took their address themselves. */
export const MergeCustomers = z.object({
  customerId: z.uuid(),
  intoId: z.uuid(),
  replaceChosenAddress: checkbox.optional(),
})
export type MergeCustomers = z.infer<typeof MergeCustomers>

/** What customers may do for themselves. */
export const CustomerSettings = z.object({
  /** Replace a key of theirs by a new one. */
  mayRotate: checkbox,
  /** Hand a key of theirs on to another address. */
  mayHandOn: checkbox,
  /** So many hours have to pass between two devices that they free of one key. */
  cooldownHours: wholeNumber(0, 8_760).transform((hours) => hours ?? 0),
  /** So many devices of a key they may free within a year; null: any number. */
  releasesAYear: wholeNumber(1, 1_000),
})
export type CustomerSettings = z.infer<typeof CustomerSettings>

/** A key, and who is to have it. */
export const OfferKey = z.object({ licenseKeyId: z.uuid(), email: fields.email })

/** Another address for everything a customer bought. */
export const MoveAddress = z.object({ email: fields.email })
/** What the link of a mail carries by which its mailbox says yes or no. */
export const MailedToken = z.object({ token: z.string().max(200) })

/** A session of one customer with one organization; the token is told once. */
export type CustomerSession = {
  id: string
  token: string
  organizationId: string
  customer: {
    id: string
    number: number
    externalId: string | null
    email: string
    name: string | null
    createdAt: Date
    modifiedAt: Date
  }
  createdAt: Date
  expiresAt: Date
}

/** Names a customer. */
export const CustomerId = z.object({ customerId: z.uuid() })

/** Names a customer whose personal data is to be deleted. */
export const CustomerToErase = z.object({ customerId: z.uuid() })
