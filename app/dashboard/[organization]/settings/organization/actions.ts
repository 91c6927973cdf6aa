'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { updateOrganization } from '#lib/organizations/commands.ts'
import { UpdateOrganization } from '#lib/organizations/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Changes what holds for the whole organization. */
export const changeOrganization = formAction(merchantOf, UpdateOrganization, async (merchant, input) => {
  await updateOrganization(merchant, input, new Date())
  refresh()
  return { message: 'Saved' }
})
