'use server'
import { refresh } from 'next/cache'
import { assertMayAdd, assertMayTakeAway } from '#lib/auth/adding-ways.ts'
import { addPasskey, beginPasskey, removePasskey } from '#lib/auth/passkeys.ts'
import { NewPasskey, Nothing, PasskeyId, PasskeyName, TwoStepCode } from '#lib/auth/schema.ts'
import { currentVisitor, requireConfirmed, requireUser } from '#lib/auth/session.ts'
import { beginAuthenticator, confirmAuthenticator, endTwoStep, renewRecoveryCodes } from '#lib/auth/two-step.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction } from '#lib/web/reader-action.ts'

const me = async () => {
  const { id, sessionId, email } = await requireUser(paths.twoStep())
  return { userId: id, sessionId, email }
}

const confirmedMe = async (form: FormData) => {
  const { id, sessionId, email } = await requireConfirmed(form, paths.twoStep())
  return { userId: id, sessionId, email }
}

// A passkey is a way in, which an organization may allow while it keeps this session out.
const assertMayAddPasskey = async () => assertMayAdd(await requireUser(paths.twoStep()), 'passkey')

const ofPasskeys = inOther(({ account: { twoStep: say, anotherWay } }) => ({
  ...{ name: say.passkeyName, CONFLICT: say.passkeyRefused },
  ...{ INVALID_INPUT: say.passkeyUnchecked, FORBIDDEN: anotherWay.first },
}))

/** Begins to set up an authenticator app. */
export const beginAuthenticatorAction = readerAction(
  confirmedMe,
  Nothing,
  async (user) => {
    await beginAuthenticator(user, new Date())
    refresh()
    return {}
  },
  inOther(({ account }) => ({ CONFLICT: account.twoStep.appThere })),
)

/** Turns it on with a code that it shows. The recovery codes are handed out once. */
export const confirmAuthenticatorAction = readerAction(
  confirmedMe,
  TwoStepCode,
  async (user, { code }) => {
    const { recoveryCodes } = await confirmAuthenticator(user, code, await currentVisitor(), new Date())
    refresh()
    return { result: recoveryCodes }
  },
  inOther(({ account: { twoStep: say } }) => ({ code: say.wrongCode, CONFLICT: say.beginAgain })),
)

/** New recovery codes in place of the former ones. */
export const renewRecoveryCodesAction = readerAction(
  confirmedMe,
  Nothing,
  async (user) => {
    const codes = await renewRecoveryCodes(user, await currentVisitor(), new Date())
    refresh()
    return { result: codes }
  },
  inOther(({ account }) => ({ CONFLICT: account.twoStep.isOff })),
)

/** Turns two-step sign-in off. */
export const endTwoStepAction = readerAction(
  confirmedMe,
  Nothing,
  async (user) => {
    // Passkeys go with it.
    const whole = await requireUser(paths.twoStep())
    if (whole.hasPasskey) assertMayTakeAway(whole, 'passkey')
    await endTwoStep(user, await currentVisitor(), new Date())
    refresh()
    return {}
  },
  ofPasskeys,
)

/** What the browser makes a passkey from. */
export type PasskeyToMake = Awaited<ReturnType<typeof beginPasskey>>

/** Begins to add a passkey. */
export const beginPasskeyAction = readerAction(
  confirmedMe,
  PasskeyName,
  async (user) => {
    await assertMayAddPasskey()
    return { result: (await beginPasskey(user, new Date())) satisfies PasskeyToMake }
  },
  ofPasskeys,
)

/** Keeps the passkey that the browser made. */
export const addPasskeyAction = readerAction(
  me,
  NewPasskey,
  async (user, input) => {
    await assertMayAddPasskey()
    const { recoveryCodes } = await addPasskey(user, input, await currentVisitor(), new Date())
    refresh()
    return { result: recoveryCodes }
  },
  ofPasskeys,
)

/** Takes a passkey away. */
export const removePasskeyAction = readerAction(
  confirmedMe,
  PasskeyId,
  async (user, { passkeyId }) => {
    assertMayTakeAway(await requireUser(paths.twoStep()), 'passkey')
    await removePasskey(user, passkeyId, await currentVisitor(), new Date())
    refresh()
    return {}
  },
  ofPasskeys,
)
