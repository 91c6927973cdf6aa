'use server'
import { refresh } from 'next/cache'
import { merchantOf } from '#lib/auth/session.ts'
import { LicenseKeyId } from '#lib/license-keys/schema.ts'
import { actOnKey, excuseKey, suspectAgain } from '#lib/misuse/commands.ts'
import type { MildAction } from '#lib/misuse/plain.ts'
import { ActOnKey, ExcuseKey } from '#lib/misuse/schema.ts'
import { formAction } from '#lib/web/action.ts'

const done: Record<MildAction, string> = {
  ask: 'On its way to the owner',
  block: 'New devices are blocked',
  lower: 'Device limit lowered',
  rotate: 'Key rotated; the new one is on its way',
  disable: 'Key disabled',
}

/** One of the first things to do about a key. */
export const act = formAction(merchantOf, ActOnKey, async (merchant, input) => {
  await actOnKey(merchant, input, new Date())
  refresh()
  return { message: done[input.action] }
})

/** Remembers that the key is fine. */
export const excuse = formAction(merchantOf, ExcuseKey, async (merchant, input) => {
  await excuseKey(merchant, input, new Date())
  refresh()
  return { message: 'Remembered: this key is fine' }
})

/** Takes that back. */
export const suspect = formAction(merchantOf, LicenseKeyId, async (merchant, { licenseKeyId }) => {
  await suspectAgain(merchant, licenseKeyId, new Date())
  refresh()
  return { message: 'The key is looked at again' }
})
