'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { CustomerSettings } from '#lib/customers/schema.ts'
import { saveCustomerSettings } from '#lib/customers/settings.ts'
import { editAction } from '#lib/web/action.ts'

/** Changes what customers may do for themselves. */
export const changeCustomerSettings = editAction(merchantOf, CustomerSettings, async (merchant, input, opened) => {
  await saveCustomerSettings(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})
