'use server'
import { refresh } from 'next/cache'
import { renameActivation } from '#lib/activations/commands.ts'
import { ActivationId, RenameActivation } from '#lib/activations/schema.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { checkbox } from '#lib/base/fields.ts'
import { deactivateWithUndo, withUndo } from '#lib/bulk-changes/with-undo.ts'
import { giveBack } from '#lib/customers/hand-on.ts'
import { resendKeyMail, revealLicenseKey } from '#lib/license-keys/commands.ts'
import { updateLicenseKey } from '#lib/license-keys/edit.ts'
import { rotateLicenseKey } from '#lib/license-keys/rotate.ts'
import {
  LicenseKeyId,
  LicenseKeyIds,
  MailLicenseKey,
  RestoreLicenseKeys,
  RotateLicenseKey,
  UpdateLicenseKey,
} from '#lib/license-keys/schema.ts'
import {
  disableLicenseKeys,
  enableLicenseKeys,
  restoreLicenseKeys,
  revokeLicenseKeys,
} from '#lib/license-keys/status.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** The key string, for the one who asked; the history says so. */
export const revealKey = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => {
  const result = await revealLicenseKey(merchant, licenseKeyId, new Date())
  refresh()
  return { result }
})

/** Takes back that its customer handed the key on. */
export const returnKey = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => {
  const { email } = await giveBack(merchant, licenseKeyId, new Date())
  refresh()
  return { message: `The key is ${email}’s again` }
})

/** Switches the key off. */
export const disableKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const now = new Date()
  const { undoId } = await withUndo(merchant, { ...input, label: 'Key disabled' }, now, () =>
    disableLicenseKeys(merchant, input, now),
  )
  refresh()
  return { message: 'Key disabled', result: { undoId } }
})

/** Switches the key on again. */
export const enableKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const now = new Date()
  const { undoId } = await withUndo(merchant, { ...input, label: 'Key enabled' }, now, () =>
    enableLicenseKeys(merchant, input, now),
  )
  refresh()
  return { message: 'Key enabled', result: { undoId } }
})

/** Ends the key. */
export const revokeKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  const now = new Date()
  const { undoId } = await withUndo(merchant, { ...input, label: 'Key revoked' }, now, () =>
    revokeLicenseKeys(merchant, input, now),
  )
  refresh()
  return { message: 'Key revoked', result: { undoId } }
})

/** Gives the key another string, and mails it when asked to. */
export const rotateKey = formAction(
  merchantOf,
  RotateLicenseKey.extend({ sendMail: checkbox }),
  async (merchant, input) => {
    const { keyString, mailedTo } = await rotateLicenseKey(merchant, input, new Date())
    refresh()
    return { message: mailedTo ? `Key rotated; on its way to ${mailedTo}` : 'Key rotated', result: keyString }
  },
)

/** Gives a revoked key back. */
export const restoreKey = formAction(merchantOf, RestoreLicenseKeys, async (merchant, input) => {
  const now = new Date()
  const { result, undoId } = await withUndo(merchant, { ...input, label: 'Key restored' }, now, () =>
    restoreLicenseKeys(merchant, input, now),
  )
  refresh()
  const { why } = result
  const message = why ? `The manual revocation was lifted. The key stays revoked: ${why}.` : 'Key restored'
  return { message, result: { undoId } }
})

/** Mails the key to its customer again. */
export const resendMail = formAction(merchantOf, MailLicenseKey, async (merchant, input) => {
  const { to } = await resendKeyMail(merchant, input, new Date())
  refresh()
  return { message: `On its way to ${to}` }
})

/** Changes what the form sends and nothing else: the note, a raised limit, new devices allowed. */
export const changeKey = editAction(merchantOf, UpdateLicenseKey, async (merchant, input, opened) => {
  const now = new Date()
  const { undoId } = await withUndo(merchant, { licenseKeyIds: [input.licenseKeyId], label: 'Key changed' }, now, () =>
    updateLicenseKey(merchant, input, now, opened),
  )
  refresh()
  return { message: 'Saved', result: { undoId } }
})

/** Frees a device's slot. */
export const deactivateDevice = formAction(merchantOf, ActivationId, async (merchant, { activationId }) => {
  const now = new Date()
  const { result, undoId } = await deactivateWithUndo(merchant, activationId, now)
  refresh()
  return { message: `${result.label} deactivated`, result: { undoId } }
})

/** Gives a device another name. */
export const renameDevice = editAction(merchantOf, RenameActivation, async (merchant, input, opened) => {
  await renameActivation(merchant, input, new Date(), opened)
  refresh()
  return { message: `Renamed to ${input.label}` }
})
