'use server'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import { withUndo } from '#lib/bulk-changes/with-undo.ts'
import { updateLicenseKey } from '#lib/license-keys/edit.ts'
import { UpdateLicenseKey } from '#lib/license-keys/schema.ts'
import { editAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

const Edit = UpdateLicenseKey.and(z.object({ organization: z.string() }))

/** Saves the overrides and leads back to the key. */
export const saveKey = editAction(merchantOf, Edit, async (merchant, { organization, ...input }, opened) => {
  const now = new Date()
  const id = input.licenseKeyId
  const { undoId } = await withUndo(merchant, { licenseKeyIds: [id], label: 'Key changed' }, now, () =>
    updateLicenseKey(merchant, input, now, opened),
  )
  redirect(paths.licenseKey({ organization, id }, undoId ? { undo: undoId } : {}))
})
