'use server'
import { merchantOf } from '#lib/auth/session.ts'
import { revealLicenseKey } from '#lib/license-keys/commands.ts'
import { LicenseKeyId } from '#lib/license-keys/schema.ts'
import { formAction } from '#lib/web/action.ts'

/** The string of the key that a test call is made with; the history says who saw it. */
export const revealForTestCall = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => ({
  result: await revealLicenseKey(merchant, licenseKeyId, new Date()),
}))
