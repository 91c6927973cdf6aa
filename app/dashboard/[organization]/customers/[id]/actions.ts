'use server'
import { refresh } from 'next/cache'
import { confirmedMerchantOf, merchantOf } from '#lib/auth/session.ts'
import { updateCustomer } from '#lib/customers/change.ts'
import { mergeCustomers } from '#lib/customers/hand-over.ts'
import { addNote, changeNote, deleteNote } from '#lib/customers/notes.ts'
import {
  AddNote,
  ChangeNote,
  CustomerId,
  CustomerToErase,
  EditCustomer,
  MergeCustomers,
  NoteId,
} from '#lib/customers/schema.ts'
import { erasePersonalData } from '#lib/personal-data/commands.ts'
import { openPreview } from '#lib/purchases/preview.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** Deletes what is known of a customer as a person; their keys go on working. */
export const eraseCustomer = formAction(confirmedMerchantOf, CustomerToErase, async (merchant, input) => {
  await erasePersonalData(merchant, input, new Date())
  refresh()
  return { message: 'Their personal data was deleted.' }
})

/** Changes name and address. With another address the customer's keys are seen with that one. */
export const changeCustomer = editAction(merchantOf, EditCustomer, async (merchant, input, opened) => {
  await updateCustomer(merchant, input, new Date(), opened)
  return {}
})

/** Makes two customers one. */
export const mergeInto = formAction(merchantOf, MergeCustomers, async (merchant, input) => {
  await mergeCustomers(merchant, input, new Date())
  return {}
})

/** Writes something down about a customer, for the team. */
export const writeNote = formAction(merchantOf, AddNote, async (member, input) => {
  await addNote(member, input, new Date())
  refresh()
  return {}
})

/** Says it otherwise. */
export const rewriteNote = editAction(merchantOf, ChangeNote, async (member, input, opened) => {
  await changeNote(member, input, new Date(), opened)
  refresh()
  return {}
})

/** Deletes it. */
export const removeNote = formAction(merchantOf, NoteId, async (member, input) => {
  await deleteNote(member, input, new Date())
  refresh()
  return {}
})

/** Opens their page as they see it, for an hour; their history says so. */
export const lookAsThey = formAction(merchantOf, CustomerId, async (member, input) => {
  await openPreview(member, input, new Date())
  return {}
})
