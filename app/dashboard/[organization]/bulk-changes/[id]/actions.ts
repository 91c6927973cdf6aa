'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { stopBulkChange } from '#lib/bulk-changes/commands.ts'
import { previewUndo } from '#lib/bulk-changes/queries.ts'
import { BulkChangeId } from '#lib/bulk-changes/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** Stops what runs, after the keys in hand. */
export const stopChange = formAction(merchantOf, BulkChangeId, async (merchant, { bulkChangeId }) => {
  await stopBulkChange(merchant, bulkChangeId, new Date())
  refresh()
  return { message: 'Stopped' }
})

/** Says what taking it back would come to; changes nothing. */
export const lookAtUndo = formAction(merchantOf, BulkChangeId, async (merchant, { bulkChangeId }) => ({
  result: await previewUndo(merchant, bulkChangeId),
}))
