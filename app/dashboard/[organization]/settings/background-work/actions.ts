'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { retryWork } from '#lib/jobs/commands.ts'
import { RetryWork } from '#lib/jobs/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Tries again what failed: one, or all of a kind. */
export const retry = formAction(merchantOf, RetryWork, async (merchant, input) => {
  const result = await retryWork(merchant, input, new Date())
  refresh()
  return { result }
})
