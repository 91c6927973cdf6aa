'use server'
import type { Route } from 'next'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { merchantOf } from '#lib/auth/session.ts'
import { updateLicenseKey } from '#lib/license-keys/change.ts'
import { UpdateLicenseKey } from '#lib/license-keys/schema.ts'
import { editAction } from '#lib/web/action.ts'

const Edit = UpdateLicenseKey.and(z.object({ organization: z.string() }))

/** Saves the overrides and leads back to the key. */
export const saveKey = editAction(merchantOf, Edit, async (merchant, { organization, ...input }, opened) => {
  await updateLicenseKey(merchant, input, new Date(), opened)
  redirect(`/dashboard/${organization}/license-keys/${input.licenseKeyId}` as Route)
})
