'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { deactivateActivation, renameActivation, undoDeactivation } from '#lib/activations/commands.ts'
import { ActivationId, RenameActivation } from '#lib/activations/schema.ts'
import { requireCustomer } from '#lib/auth/session.ts'
import { signOut } from '#lib/auth/sign-in.ts'
import { Refusal } from '#lib/base/errors.ts'
import { offerKey, withdrawOffer } from '#lib/customers/hand-on.ts'
import { OfferKey } from '#lib/customers/schema.ts'
import { resendKeyMail } from '#lib/license-keys/commands.ts'
import { rotateLicenseKey } from '#lib/license-keys/rotate.ts'
import { LicenseKeyId } from '#lib/license-keys/schema.ts'
import { getPurchasedStrings } from '#lib/purchases/own.ts'
import { PurchaseId } from '#lib/purchases/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { readerAction } from '#lib/web/reader-action.ts'
import { tooOften } from './too-often.ts'

const customer = () => requireCustomer()

/** Frees the slot of one of the customer's devices. */
export const deactivateDevice = readerAction(customer, ActivationId, async (actor, { activationId }, reader) => {
  const { label } = await deactivateActivation(actor, activationId, new Date()).catch((error) => {
    throw tooOften(error, reader)
  })
  revalidatePath(paths.purchases(), 'layout')
  return { message: reader.words.devices.deactivated(label) }
})

/** Takes that back, within a minute. */
export const undoDevice = readerAction(
  customer,
  ActivationId,
  async (actor, { activationId }, { words }) => {
    const { label } = await undoDeactivation(actor, activationId, new Date())
    revalidatePath(paths.purchases(), 'layout')
    return { message: words.devices.undone(label) }
  },
  ({ devices }) => ({ minute: devices.undoOver, place: devices.undoTaken }),
)

/** Gives one of the customer's devices another name. */
export const renameDevice = readerAction(
  customer,
  RenameActivation,
  async (actor, input, { words }, opened) => {
    if (!opened) throw new Refusal('INVALID_INPUT', 'This form is out of date. Open the page again.')
    await renameActivation(actor, input, new Date(), opened)
    revalidatePath(paths.purchases(), 'layout')
    return { message: words.devices.renamed }
  },
  ({ devices }) => ({ label: devices.nameMissing, FORBIDDEN: devices.sellerRenames }),
)

/** Asks another address whether it takes one of the customer's keys. */
export const handOn = readerAction(
  customer,
  OfferKey,
  async (actor, input, { words }) => {
    await offerKey(actor, input, new Date())
    revalidatePath(paths.purchases(), 'layout')
    return { message: words.handOn.sent }
  },
  ({ handOn, signIn }) => ({
    ...{ email: signIn.notAnAddress, own: handOn.own, FORBIDDEN: handOn.notAllowed },
    ...{ RATE_LIMITED: handOn.tooOften, CONFLICT: handOn.notNow },
  }),
)

/** Takes that back. */
export const withdraw = readerAction(customer, LicenseKeyId, async (actor, { licenseKeyId }, { words }) => {
  await withdrawOffer(actor, licenseKeyId, new Date())
  revalidatePath(paths.purchases(), 'layout')
  return { message: words.handOn.withdrawn }
})

/** Mails the customer one of their keys. */
export const mailKey = readerAction(
  customer,
  LicenseKeyId,
  async (actor, { licenseKeyId }, { words }) => {
    const { to } = await resendKeyMail(actor, { licenseKeyId }, new Date())
    return { message: words.key.onItsWay(to) }
  },
  ({ problems }) => ({ RATE_LIMITED: problems.mailedTooOften }),
)

/** Gives the customer another string for a key, and mails it; the old one ends. */
export const rotateKey = readerAction(
  customer,
  LicenseKeyId,
  async (actor, { licenseKeyId }, { words }) => {
    await rotateLicenseKey(actor, { licenseKeyId, overlapHours: 0, sendMail: true }, new Date())
    revalidatePath(paths.purchases(), 'layout')
    return { message: words.rotate.done }
  },
  ({ rotate }) => ({ FORBIDDEN: rotate.notAllowed, RATE_LIMITED: rotate.tooOften, CONFLICT: rotate.notNow }),
)

/** The strings of all keys of one of the customer's purchases, one a line. */
export const copyKeys = readerAction(customer, PurchaseId, async (actor, { purchaseId }) => ({
  result: (await getPurchasedStrings(actor, purchaseId)).join('\n'),
}))

/** Ends the session. */
export async function signOutOfPurchases(): Promise<void> {
  await signOut()
  redirect(paths.login())
}
