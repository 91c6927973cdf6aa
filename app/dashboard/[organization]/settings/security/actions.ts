'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { keepSecurityLog } from '#lib/organizations/keep-security-log.ts'
import { KeepSecurityLog } from '#lib/organizations/schema.ts'
import { editAction } from '#lib/web/action.ts'

/** Says how long the security log is kept. */
export const keepLog = editAction(merchantOf, KeepSecurityLog, async (merchant, input, opened) => {
  await keepSecurityLog(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved' }
})
