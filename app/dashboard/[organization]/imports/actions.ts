'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import {
  addPart,
  checkImport,
  chooseSource,
  createImport,
  finishUpload,
  reopenImport,
  startImport,
  stopImport,
} from '#lib/imports/commands.ts'
import { CheckImport, CreateImport, ImportId, UploadPart } from '#lib/imports/schema.ts'
import { importSources } from '#lib/imports/vendors.ts'
import { formAction } from '#lib/web/action.ts'

/** Opens an import for files that are about to come. */
export const openUpload = formAction(merchantOf, CreateImport, async (merchant, input) => ({
  result: await createImport(merchant, input, new Date()),
}))

/** Keeps one piece of a file. */
export const sendPart = formAction(merchantOf, UploadPart, async (merchant, input) => {
  await addPart(merchant, input, new Date())
  return {}
})

/** Ends the upload. */
export const closeUpload = formAction(merchantOf, ImportId, async (merchant, input) => ({
  result: await finishUpload(merchant, input),
}))

/** Begins again with another vendor's mapping. */
export const readAs = formAction(
  merchantOf,
  z.object({ importId: z.uuid(), source: z.enum(importSources) }),
  async (merchant, input) => {
    await chooseSource(merchant, input)
    refresh()
    return {}
  },
)

/** Checks every record the way the form says; writes nothing. */
export const check = formAction(merchantOf, CheckImport, async (merchant, input) => {
  await checkImport(merchant, input, new Date())
  refresh()
  return {}
})

/** Goes back to the columns. */
export const reopen = formAction(merchantOf, ImportId, async (merchant, input) => {
  await reopenImport(merchant, input)
  refresh()
  return {}
})

/** Begins to write. */
export const start = formAction(merchantOf, ImportId, async (merchant, input) => {
  await startImport(merchant, input, new Date())
  refresh()
  return {}
})

/** Stops a running import, or puts away one that has not begun. */
export const stop = formAction(merchantOf, ImportId, async (merchant, input) => {
  const { discarded } = await stopImport(merchant, input, new Date())
  if (!discarded) refresh()
  return { result: { discarded } }
})
