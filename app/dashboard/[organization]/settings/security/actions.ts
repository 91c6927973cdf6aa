'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { keepSecurityLog } from '#lib/organizations/members.ts'
import { KeepSecurityLog } from '#lib/organizations/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Says how long the security log is kept. */
export const keepLog = formAction(merchantOf, KeepSecurityLog, async (merchant, input) => {
  await keepSecurityLog(merchant, input, new Date())
  refresh()
  return { message: 'Saved' }
})
