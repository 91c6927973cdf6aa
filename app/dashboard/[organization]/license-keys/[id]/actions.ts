'use server'
import { refresh } from 'next/cache'
import { deactivateActivation, renameActivation } from '#lib/activations/commands.ts'
import { ActivationId, RenameActivation } from '#lib/activations/schema.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { checkbox } from '#lib/key-configurations/schema.ts'
import {
  disableLicenseKeys,
  enableLicenseKeys,
  restoreLicenseKeys,
  revokeLicenseKeys,
  rotateLicenseKey,
  updateLicenseKey,
} from '#lib/license-keys/change.ts'
import { resendKeyMail, revealLicenseKey } from '#lib/license-keys/commands.ts'
import {
  LicenseKeyId,
  LicenseKeyIds,
  RestoreLicenseKeys,
  RotateLicenseKey,
  UpdateLicenseKey,
} from '#lib/license-keys/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'

/** The key string, for the one who asked; the history says so. */
export const revealKey = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => {
  const result = await revealLicenseKey(merchant, licenseKeyId, new Date())
  refresh()
  return { result }
})

/** Switches the key off. */
export const disableKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  await disableLicenseKeys(merchant, input, new Date())
  refresh()
  return { message: 'Key disabled' }
})

/** Switches the key on again. */
export const enableKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  await enableLicenseKeys(merchant, input, new Date())
  refresh()
  return { message: 'Key enabled' }
})

/** Ends the key. */
export const revokeKey = formAction(merchantOf, LicenseKeyIds, async (merchant, input) => {
  await revokeLicenseKeys(merchant, input, new Date())
  refresh()
  return { message: 'Key revoked' }
})

/** Gives the key another string, and mails it when asked to. */
export const rotateKey = formAction(
  merchantOf,
  RotateLicenseKey.extend({ sendMail: checkbox }),
  async (merchant, { sendMail, ...input }) => {
    const now = new Date()
    const { keyString } = await rotateLicenseKey(merchant, input, now)
    const mailed = sendMail ? await resendKeyMail(merchant, input.licenseKeyId, now) : null
    refresh()
    return { message: mailed ? `Key rotated; on its way to ${mailed.to}` : 'Key rotated', result: keyString }
  },
)

/** Gives a revoked key back. */
export const restoreKey = formAction(merchantOf, RestoreLicenseKeys, async (merchant, input) => {
  const { why } = await restoreLicenseKeys(merchant, input, new Date())
  refresh()
  return { message: why ? `The manual revocation was lifted. The key stays revoked: ${why}.` : 'Key restored' }
})

/** Mails the key to its customer again. */
export const resendMail = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => {
  const { to } = await resendKeyMail(merchant, licenseKeyId, new Date())
  refresh()
  return { message: `On its way to ${to}` }
})

/** Changes what the form sends and nothing else: the note, a raised limit, new devices allowed. */
export const changeKey = editAction(merchantOf, UpdateLicenseKey, async (merchant, input, opened) => {
  await updateLicenseKey(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved' }
})

/** Frees a device's slot. */
export const deactivateDevice = formAction(merchantOf, ActivationId, async (merchant, { activationId }) => {
  const { label } = await deactivateActivation(merchant, activationId, new Date())
  refresh()
  return { message: `${label} deactivated` }
})

/** Gives a device another name. */
export const renameDevice = editAction(merchantOf, RenameActivation, async (merchant, input, opened) => {
  await renameActivation(merchant, input, new Date(), opened)
  refresh()
  return { message: `Renamed to ${input.label}` }
})
