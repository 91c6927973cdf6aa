'use server'
import { refresh } from 'next/cache'
import { confirmedMerchantOf, merchantOf } from '#lib/auth/session.ts'
import { updateOrganization } from '#lib/organizations/commands.ts'
import { askDeletion, stopDeletion } from '#lib/organizations/deletion.ts'
import { DeleteOrganization, KeepOrganization, UpdateOrganization } from '#lib/organizations/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** Changes what holds for the whole organization. */
export const changeOrganization = editAction(merchantOf, UpdateOrganization, async (merchant, input, opened) => {
  await updateOrganization(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})

/** Asks for the end of the organization, which comes after some days. */
export const askOrganizationDeletion = formAction(confirmedMerchantOf, DeleteOrganization, async (merchant, input) => {
  await askDeletion(merchant, input, new Date())
  refresh()
  return { message: 'It will be deleted.' }
})

/** Keeps it after all. */
export const stopOrganizationDeletion = formAction(confirmedMerchantOf, KeepOrganization, async (merchant) => {
  await stopDeletion(merchant, new Date())
  refresh()
  return { message: 'It stays.' }
})
