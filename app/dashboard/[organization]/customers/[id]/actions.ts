'use server'
import { refresh } from 'next/cache'
import { confirmedMerchantOf } from '#lib/auth/session.ts'
import { CustomerToErase } from '#lib/customers/schema.ts'
import { erasePersonalData } from '#lib/personal-data/commands.ts'
import { formAction } from '#lib/web/action.ts'

/** Deletes what is known of a customer as a person; their keys go on working. */
export const eraseCustomer = formAction(confirmedMerchantOf, CustomerToErase, async (merchant, input) => {
  await erasePersonalData(merchant, input, new Date())
  refresh()
  return { message: 'Their personal data was deleted.' }
})
