'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { transferPurchase } from '#lib/customers/hand-over.ts'
import { changeLicenseKey } from '#lib/license-keys/change.ts'
import { cancelPurchase, refundPurchase } from '#lib/purchases/commands.ts'
import { releaseKey } from '#lib/purchases/hold.ts'
import { EndPurchase, HoldKey, MovePurchase, ResumePurchase } from '#lib/purchases/schema.ts'
import { resumeSale } from '#lib/stores/resume.ts'
import { formAction } from '#lib/web/action.ts'

/** Records that the money went back: the keys end. */
export const refund = formAction(merchantOf, EndPurchase, async (merchant, input) => {
  const result = await refundPurchase(merchant, input, new Date())
  refresh()
  return { result }
})

/** Ends a purchase: the keys end. */
export const cancel = formAction(merchantOf, EndPurchase, async (merchant, input) => {
  const result = await cancelPurchase(merchant, input, new Date())
  refresh()
  return { result }
})

/** Takes a cancelation back. */
export const resume = formAction(merchantOf, ResumePurchase, async (merchant, input) => {
  await resumeSale(merchant, input, new Date())
  refresh()
  return {}
})

/** Hands a purchase with its keys on to another customer. */
export const move = formAction(merchantOf, MovePurchase, async (merchant, { purchaseId, email, name }) => {
  const result = await transferPurchase(merchant, { purchaseId, to: { email, name: name ?? '' } }, new Date())
  refresh()
  return { result }
})

/** Keeps a key whatever happens to its purchase, or lets it follow that again. */
export const hold = formAction(merchantOf, HoldKey, async (merchant, { licenseKeyId, held }) => {
  if (held) await changeLicenseKey(merchant, licenseKeyId, { held }, new Date())
  else await releaseKey(merchant, licenseKeyId, new Date())
  refresh()
  return {}
})
