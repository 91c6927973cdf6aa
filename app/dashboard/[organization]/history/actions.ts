'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { keepHistory } from '#lib/organizations/keep-history.ts'
import { KeepHistory } from '#lib/organizations/schema.ts'
import { editAction } from '#lib/web/action.ts'

/** Says how long the history is kept. */
export const keep = editAction(merchantOf, KeepHistory, async (merchant, input, opened) => {
  await keepHistory(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved' }
})
