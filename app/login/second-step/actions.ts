'use server'
import { redirect } from 'next/navigation'
import { passSecondStepByPasskey } from '#lib/auth/passkeys.ts'
import { safePath } from '#lib/auth/rules.ts'
import { PasskeySignIn, SecondStep } from '#lib/auth/schema.ts'
import { passSecondStep } from '#lib/auth/second-step.ts'
import { currentUser, currentVisitor, pendingSignIn } from '#lib/auth/session.ts'
import { rememberThisBrowser, signOut } from '#lib/auth/sign-in.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction, SaidRefusal } from '#lib/web/reader-action.ts'
import { waitFor } from '#lib/words/rules.ts'

// Pressed twice: the first press has signed them in.
const pending = async () => (await pendingSignIn()) ?? redirect((await currentUser()) ? paths.start() : paths.login())

/** Passes the second step with a code of the app, or a recovery code. */
export const secondStepAction = readerAction(
  pending,
  SecondStep,
  async (who, { code, callbackUrl }, { words }) => {
    await passSecondStep(who, code, await currentVisitor(), new Date()).catch((error) => {
      if (!('waitMs' in error)) throw error
      throw new SaidRefusal('RATE_LIMITED', words.account.secondStep.wait(waitFor(words, error.waitMs)), 'code')
    })
    await rememberThisBrowser(who.email)
    redirect(safePath(callbackUrl) ?? paths.start())
  },
  inOther(({ account }) => ({ code: account.secondStep.wrong, UNAUTHORIZED: account.secondStep.wrong })),
)

/** Passes it with a passkey. */
export const secondStepPasskeyAction = readerAction(
  pending,
  PasskeySignIn,
  async (who, { response, callbackUrl }) => {
    await passSecondStepByPasskey(who, response, await currentVisitor(), new Date())
    await rememberThisBrowser(who.email)
    redirect(safePath(callbackUrl) ?? paths.start())
  },
  inOther(({ account }) => ({ UNAUTHORIZED: account.secondStep.wrongPasskey })),
)

/** Forgets the first step. */
export async function giveUpAction(): Promise<void> {
  await signOut()
  redirect(paths.login())
}
