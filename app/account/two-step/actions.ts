'use server'
import { refresh } from 'next/cache'
import { assertMayAdd, assertMayTakeAway } from '#lib/auth/adding-ways.ts'
import { addPasskey, beginPasskey, removePasskey } from '#lib/auth/passkeys.ts'
import { NewPasskey, Nothing, PasskeyId, PasskeyName, TwoStepCode } from '#lib/auth/schema.ts'
import { currentVisitor, requireConfirmed, requireUser } from '#lib/auth/session.ts'
import { beginAuthenticator, confirmAuthenticator, endTwoStep, renewRecoveryCodes } from '#lib/auth/two-step.ts'
import { formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

const me = async () => {
  const { id, sessionId, email } = await requireUser(paths.twoStep())
  return { userId: id, sessionId, email }
}

const confirmedMe = async (form: FormData) => {
  const { id, sessionId, email } = await requireConfirmed(form, paths.twoStep())
  return { userId: id, sessionId, email }
}

// A passkey is a way in, which an organization may allow while it keeps this session out.
const meWithPasskey =
  <Me>(who: (form: FormData) => Promise<Me>) =>
  async (form: FormData): Promise<Me> => {
    const found = await who(form)
    await assertMayAdd(await requireUser(paths.twoStep()), 'passkey')
    return found
  }

/** Begins to set up an authenticator app. */
export const beginAuthenticatorAction = formAction(confirmedMe, Nothing, async (user) => {
  await beginAuthenticator(user, new Date())
  refresh()
  return {}
})

/** Turns it on with a code that it shows. The recovery codes are handed out once. */
export const confirmAuthenticatorAction = formAction(confirmedMe, TwoStepCode, async (user, { code }) => {
  const { recoveryCodes } = await confirmAuthenticator(user, code, await currentVisitor(), new Date())
  refresh()
  return { message: 'Two-step sign-in is on.', result: recoveryCodes }
})

/** New recovery codes in place of the former ones. */
export const renewRecoveryCodesAction = formAction(confirmedMe, Nothing, async (user) => {
  const codes = await renewRecoveryCodes(user, await currentVisitor(), new Date())
  refresh()
  return { message: 'The former codes are void.', result: codes }
})

/** Turns two-step sign-in off. */
export const endTwoStepAction = formAction(confirmedMe, Nothing, async (user) => {
  // Passkeys go with it.
  const whole = await requireUser(paths.twoStep())
  if (whole.hasPasskey) assertMayTakeAway(whole, 'passkey')
  await endTwoStep(user, await currentVisitor(), new Date())
  refresh()
  return { message: 'Two-step sign-in is off.' }
})

/** What the browser makes a passkey from. */
export type PasskeyToMake = Awaited<ReturnType<typeof beginPasskey>>

/** Begins to add a passkey. */
export const beginPasskeyAction = formAction(meWithPasskey(confirmedMe), PasskeyName, async (user) => ({
  result: (await beginPasskey(user, new Date())) satisfies PasskeyToMake,
}))

/** Keeps the passkey that the browser made. */
export const addPasskeyAction = formAction(meWithPasskey(me), NewPasskey, async (user, input) => {
  const { recoveryCodes } = await addPasskey(user, input, await currentVisitor(), new Date())
  refresh()
  return { message: `${input.name} was added.`, result: recoveryCodes }
})

/** Takes a passkey away. */
export const removePasskeyAction = formAction(confirmedMe, PasskeyId, async (user, { passkeyId }) => {
  assertMayTakeAway(await requireUser(paths.twoStep()), 'passkey')
  await removePasskey(user, passkeyId, await currentVisitor(), new Date())
  refresh()
  return { message: 'The passkey was removed.' }
})
