'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { updateOrganization } from '#lib/organizations/commands.ts'
import { UpdateOrganization } from '#lib/organizations/schema.ts'
import { editAction } from '#lib/web/action.ts'

/** Changes what holds for the whole organization. */
export const changeOrganization = editAction(merchantOf, UpdateOrganization, async (merchant, input, opened) => {
  await updateOrganization(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})
