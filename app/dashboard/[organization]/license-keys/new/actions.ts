'use server'
import { merchantOf } from '#lib/auth/session.ts'
import { IssueLicenseKey } from '#lib/license-keys/schema.ts'
import { issueLicenseKey } from '#lib/purchases/issue.ts'
import { formAction } from '#lib/web/action.ts'

/** What the page shows once a key is issued. */
export type Issued = {
  licenseKeyId: string
  keyString: string
  keyConfigurationId: string
  email: string
  mailed: boolean
}

/** Issues one key by hand and hands its string back, this once. */
export const issueKey = formAction(merchantOf, IssueLicenseKey, async (merchant, input) => {
  const { licenseKeyId, keyString } = await issueLicenseKey(merchant, input, new Date())
  const result: Issued = {
    licenseKeyId,
    keyString,
    keyConfigurationId: input.keyConfigurationId,
    email: input.customerEmail,
    mailed: input.sendMail,
  }
  return { result }
})
