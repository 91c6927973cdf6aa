'use server'
import { refresh } from 'next/cache'
import { ActivationId } from '#lib/activations/schema.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { deactivateWithUndo } from '#lib/bulk-changes/with-undo.ts'
import { formAction } from '#lib/web/action.ts'

/** Frees a device's slot. */
export const deactivateDevice = formAction(merchantOf, ActivationId, async (merchant, { activationId }) => {
  const { result, undoId } = await deactivateWithUndo(merchant, activationId, new Date())
  refresh()
  return { message: `${result.label} deactivated`, result: { undoId } }
})
