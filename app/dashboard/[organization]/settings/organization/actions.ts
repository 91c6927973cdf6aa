'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { confirmedMerchantOf, merchantOf } from '#lib/auth/session.ts'
import { updateOrganization } from '#lib/organizations/commands.ts'
import { askDeletion, stopDeletion } from '#lib/organizations/deletion.ts'
import { ChangeSlug, DeleteOrganization, KeepOrganization, UpdateOrganization } from '#lib/organizations/schema.ts'
import { changeSlug } from '#lib/organizations/slugs.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

/** Changes what holds for the whole organization. */
export const changeOrganization = editAction(merchantOf, UpdateOrganization, async (merchant, input, opened) => {
  await updateOrganization(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})

/** Gives the dashboard another address, and leads there. */
export const changeAddress = formAction(merchantOf, ChangeSlug, async (merchant, input) => {
  const { slug } = await changeSlug(merchant, input, new Date())
  redirect(paths.organizationSettings({ organization: slug }))
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
