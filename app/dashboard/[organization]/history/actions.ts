'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { undoneWords } from '#lib/license-keys/look.ts'
import { BatchId } from '#lib/license-keys/schema.ts'
import { undoBatch } from '#lib/license-keys/undo-batch.ts'
import { formAction } from '#lib/web/action.ts'

/** Takes back what was done to many keys at once. */
export const undo = formAction(merchantOf, BatchId, async (merchant, input) => {
  const result = await undoBatch(merchant, input, new Date())
  refresh()
  return { message: undoneWords(result) }
})
