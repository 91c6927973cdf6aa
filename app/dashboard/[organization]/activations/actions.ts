'use server'
import { refresh } from 'next/cache'
import { deactivateActivation } from '#lib/activations/commands.ts'
import { ActivationId } from '#lib/activations/schema.ts'
import { merchantOf } from '#lib/auth/session.ts'
import { formAction } from '#lib/web/action.ts'

/** Frees a device's slot. */
export const deactivateDevice = formAction(merchantOf, ActivationId, async (merchant, { activationId }) => {
  const { label } = await deactivateActivation(merchant, activationId, new Date())
  refresh()
  return { message: `${label} deactivated` }
})
