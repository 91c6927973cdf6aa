'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { deactivateActivation, renameActivation } from '#lib/activations/commands.ts'
import { ActivationId, RenameActivation } from '#lib/activations/schema.ts'
import { requireCustomer } from '#lib/auth/session.ts'
import { signOut } from '#lib/auth/sign-in.ts'
import { resendKeyMail } from '#lib/license-keys/commands.ts'
import { LicenseKeyId } from '#lib/license-keys/schema.ts'
import { getPurchasedStrings } from '#lib/purchases/queries.ts'
import { PurchaseId } from '#lib/purchases/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

const customer = () => requireCustomer()

/** Frees the slot of one of the customer's devices. */
export const deactivateDevice = formAction(customer, ActivationId, async (actor, { activationId }) => {
  const { label } = await deactivateActivation(actor, activationId, new Date())
  revalidatePath(paths.purchases(), 'layout')
  return { message: `${label} was deactivated.` }
})

/** Gives one of the customer's devices another name. */
export const renameDevice = editAction(customer, RenameActivation, async (actor, input, opened) => {
  await renameActivation(actor, input, new Date(), opened)
  revalidatePath(paths.purchases(), 'layout')
  return { message: 'Renamed.' }
})

/** Mails the customer one of their keys. */
export const mailKey = formAction(customer, LicenseKeyId, async (actor, { licenseKeyId }) => {
  const { to } = await resendKeyMail(actor, { licenseKeyId }, new Date())
  return { message: `On its way to ${to}.` }
})

/** The strings of all keys of one of the customer's purchases, one a line. */
export const copyKeys = formAction(customer, PurchaseId, async (actor, { purchaseId }) => ({
  result: (await getPurchasedStrings(actor, purchaseId)).join('\n'),
}))

/** Ends the session. */
export async function signOutOfPurchases(): Promise<void> {
  await signOut()
  redirect(paths.login())
}
