'use server'
import { redirect } from 'next/navigation'
import { after } from 'next/server'
import { requestSignInLink, sendSignInLink } from '#lib/auth/commands.ts'
import { sendPasswordLink, setForgottenPassword } from '#lib/auth/forgotten.ts'
import { passkeyOptions } from '#lib/auth/passkeys.ts'
import { safePath } from '#lib/auth/rules.ts'
import {
  ForgottenPassword,
  LinkRequest,
  NewPasswordByLink,
  PasskeySignIn,
  SignIn,
  SignInLink,
} from '#lib/auth/schema.ts'
import { currentUser, currentVisitor, requireUser } from '#lib/auth/session.ts'
import { signIn } from '#lib/auth/sign-in.ts'
import type { Visitor } from '#lib/base/actor.ts'
import { isRefusal, Refusal } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import { formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

/** By password; without one, or when asked for, by a mailed link. */
export const signInAction = formAction(currentVisitor, SignIn, async (visitor, input) => {
  const { email, password, callbackUrl, intent } = input
  if (intent === 'link' || password === '') return mailLink(visitor, { email, callbackUrl })
  const answer = await signIn('password', { email, password })
  if (!answer.ok) throw new Refusal('UNAUTHORIZED', answer.message ?? 'E-mail address and password do not match.')
  redirect(safePath(callbackUrl) ?? paths.start())
})

/** Uses up a mailed link. */
export const useLinkAction = formAction(
  currentVisitor,
  SignInLink.extend({ callbackUrl: LinkRequest.shape.callbackUrl }),
  async (_visitor, { email, token, callbackUrl }) => {
    const answer = await signIn('link', { email, token })
    // Pressed twice: the first press has signed them in.
    if (!answer.ok && (await currentUser())?.email === email) redirect(safePath(callbackUrl) ?? paths.start())
    if (!answer.ok)
      throw new Refusal('UNAUTHORIZED', answer.message ?? 'This link has already been used or has expired.')
    redirect(safePath(callbackUrl) ?? paths.start())
  },
)

/** What a passkey is asked to sign. */
export async function passkeyOptionsAction() {
  try {
    return await passkeyOptions(await currentVisitor(), new Date())
  } catch (error) {
    if (isRefusal(error)) return { error: error.message }
    throw error
  }
}

/** By passkey, which counts as both steps. */
export const passkeySignInAction = formAction(currentVisitor, PasskeySignIn, async (_visitor, input) => {
  const answer = await signIn('passkey', { response: input.response })
  if (!answer.ok)
    throw new Refusal('UNAUTHORIZED', answer.message ?? 'This passkey does not sign in here. Try another way.')
  redirect(safePath(input.callbackUrl) ?? paths.start())
})

/** Mails a link to whoever is signed in with an address that is not verified yet. */
export const confirmAddressAction = formAction(
  currentVisitor,
  LinkRequest.pick({ callbackUrl: true }),
  async (visitor, { callbackUrl }) => {
    const { email } = await requireUser(paths.confirmAddress())
    return mailLink(visitor, { email, callbackUrl })
  },
)

/** Mails a link that sets a new password. */
export const forgottenPasswordAction = formAction(currentVisitor, ForgottenPassword, async (visitor, { email }) => {
  await requestSignInLink(visitor, { email, callbackUrl: '' })
  // As for sign-in links, the answer leaves before anything is looked up.
  after(() =>
    sendPasswordLink(visitor, { email }, new Date()).catch((error) => log.error({ err: error }, 'link not sent')),
  )
  redirect(paths.linkSent({ to: email, for: 'password' }))
})

/** Sets a new password with a mailed link, and signs in with it. */
export const newPasswordAction = formAction(currentVisitor, NewPasswordByLink, async (visitor, input) => {
  const { email } = await setForgottenPassword(visitor, input, new Date())
  const answer = await signIn('password', { email, password: input.password })
  redirect(answer.ok ? paths.start() : paths.login({ email }))
})

async function mailLink(visitor: Visitor, request: LinkRequest): Promise<never> {
  await requestSignInLink(visitor, request)
  // Looked up after the answer has left, so that neither words nor time tell who is known here.
  after(() =>
    sendSignInLink(visitor, request, new Date()).catch((error) => log.error({ err: error }, 'sign-in link not sent')),
  )
  redirect(paths.linkSent({ to: request.email }))
}
