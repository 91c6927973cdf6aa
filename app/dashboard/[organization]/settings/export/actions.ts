'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { askArchive, removeArchive } from '#lib/archives/commands.ts'
import { ArchiveId, AskArchive } from '#lib/archives/schema.ts'
import { confirmedMerchantOf, merchantOf } from '#lib/auth/session.ts'
import { assertMay } from '#lib/base/permissions.ts'
import { formAction } from '#lib/web/action.ts'

/** Asks for everything of the organization as one file. */
export const ask = formAction(confirmedMerchantOf, AskArchive, async (merchant, input) => {
  await askArchive(merchant, input, new Date())
  refresh()
  return { message: 'It is being written.' }
})

/** Deletes an archive, or stops writing it. */
export const remove = formAction(merchantOf, ArchiveId, async (merchant, input) => {
  await removeArchive(merchant, input, new Date())
  refresh()
  return { message: 'Deleted' }
})

/** Proof of who it is, before a file with everything is handed out. */
export const unlock = formAction(confirmedMerchantOf, z.object({}), async (merchant) => {
  assertMay(merchant, 'security.write')
  refresh()
  return { message: 'Confirmed' }
})
