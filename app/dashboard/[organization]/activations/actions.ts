'use server'
import { refresh } from 'next/cache'
import { formAction } from '#lib/action.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { deactivateActivation } from '#lib/license-keys/commands.ts'
import { ActivationId } from '#lib/license-keys/schema.ts'

/** Frees a device's slot. */
export const deactivateDevice = formAction(merchantOf, ActivationId, async (merchant, { activationId }) => {
  const { label } = await deactivateActivation(merchant, activationId, new Date())
  refresh()
  return { message: `${label} deactivated` }
})
