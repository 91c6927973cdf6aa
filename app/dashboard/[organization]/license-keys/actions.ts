'use server'
import { refresh } from 'next/cache'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import { disableLicenseKeys, enableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/change.ts'
import { previewSelection } from '#lib/license-keys/list.ts'
import { undoneWords } from '#lib/license-keys/look.ts'
import { BatchId, LicenseKeyIds, SELECTION_MAX } from '#lib/license-keys/schema.ts'
import { undoBatch } from '#lib/license-keys/undo-batch.ts'
import { formAction } from '#lib/web/action.ts'
import { keyFilter, loadKeyParams } from './params.ts'

// Either the ticked keys, or all that match the list's address.
const Selection = z.union([
  z.object({ licenseKeyIds: z.array(z.uuid()).min(1).max(SELECTION_MAX) }),
  z.object({ address: z.string().max(8_000) }),
])

/** Counts what a change to the selected keys would reach, and names the keys it would be made to. */
export const previewKeys = formAction(merchantOf, Selection, async (merchant, input) => {
  const selection =
    'licenseKeyIds' in input
      ? { ids: input.licenseKeyIds }
      : { filter: keyFilter(loadKeyParams(new URLSearchParams(input.address))) }
  return { result: await previewSelection(merchant, selection, SELECTION_MAX, new Date()) }
})

/** Switches the selected keys off. */
export const disableKeys = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const result = await disableLicenseKeys(merchant, input, new Date())
  refresh()
  return { result }
})

/** Switches the selected keys on again. */
export const enableKeys = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const result = await enableLicenseKeys(merchant, input, new Date())
  refresh()
  return { result }
})

/** Ends the selected keys. */
export const revokeKeys = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const result = await revokeLicenseKeys(merchant, input, new Date())
  refresh()
  return { result }
})

/** Takes back what was done to many keys at once. */
export const undoKeys = formAction(merchantOf, BatchId, async (merchant, input) => {
  const result = await undoBatch(merchant, input, new Date())
  refresh()
  return { message: undoneWords(result), result }
})
