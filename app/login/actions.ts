'use server'
import { redirect } from 'next/navigation'
import { after } from 'next/server'
import { newRequest, requestSignInLink, sendSignInLink } from '#lib/auth/commands.ts'
import { sendPasswordLink, setForgottenPassword } from '#lib/auth/forgotten.ts'
import { passkeyOptions } from '#lib/auth/passkeys.ts'
import { safePath } from '#lib/auth/rules.ts'
import {
  ForgottenPassword,
  LinkRequest,
  NewPasswordByLink,
  PasskeySignIn,
  SignIn,
  SignInCode,
  SignInLink,
} from '#lib/auth/schema.ts'
import { currentUser, currentVisitor, requireUser } from '#lib/auth/session.ts'
import { type SignInAnswer, signIn } from '#lib/auth/sign-in.ts'
import type { Visitor } from '#lib/base/actor.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { log } from '#lib/base/log.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction, SaidRefusal } from '#lib/web/reader-action.ts'
import type { Words } from '#lib/words/en.ts'
import { currentReader, type Reader } from '#lib/words/reader.ts'
import { waitFor } from '#lib/words/rules.ts'

const says = ({ signIn }: Words) => ({ email: signIn.notAnAddress, code: signIn.codeShape })

/** By password; without one, or when asked for, by a mailed link. */
export const signInAction = readerAction(
  currentVisitor,
  SignIn,
  async (visitor, input, reader) => {
    const { email, password, callbackUrl, intent } = input
    if (intent === 'link' || password === '') return mailLink(visitor, { email, callbackUrl }, reader)
    const answer = await signIn('password', { email, password })
    if (!answer.ok) throw refused(answer, 'password', reader.words.signIn.wrongPassword, reader)
    redirect(safePath(callbackUrl) ?? paths.start())
  },
  says,
)

/** Uses up a mailed link. */
export const useLinkAction = readerAction(
  currentVisitor,
  SignInLink.extend({ callbackUrl: LinkRequest.shape.callbackUrl }),
  async (_visitor, { email, token, callbackUrl }, reader) => {
    const answer = await signIn('link', { email, token })
    // Pressed twice: the first press has signed them in.
    if (!answer.ok && (await currentUser())?.email === email) redirect(safePath(callbackUrl) ?? paths.start())
    if (!answer.ok) throw refused(answer, 'token', reader.words.signIn.linkUsed, reader)
    redirect(safePath(callbackUrl) ?? paths.start())
  },
  says,
)

/** Uses up a mailed code, in the browser that asked for it. */
export const useCodeAction = readerAction(
  currentVisitor,
  SignInCode.extend({ callbackUrl: LinkRequest.shape.callbackUrl }),
  async (_visitor, { email, request, code, callbackUrl }, reader) => {
    const answer = await signIn('code', { email, request, code })
    // Pressed twice: the first press has signed them in.
    if (!answer.ok && (await currentUser())?.email === email) redirect(safePath(callbackUrl) ?? paths.start())
    if (!answer.ok) throw refused(answer, 'code', reader.words.signIn.codeWrong, reader)
    redirect(safePath(callbackUrl) ?? paths.start())
  },
  says,
)

/** What a passkey is asked to sign. */
export async function passkeyOptionsAction() {
  try {
    return await passkeyOptions(await currentVisitor(), new Date())
  } catch (error) {
    const { words } = await currentReader()
    if (isRefusal(error))
      return {
        error: 'waitMs' in error ? words.signIn.waits.token(waitFor(words, Number(error.waitMs))) : words.signIn.failed,
      }
    throw error
  }
}

/** By passkey, which counts as both steps. */
export const passkeySignInAction = readerAction(currentVisitor, PasskeySignIn, async (_visitor, input, reader) => {
  const answer = await signIn('passkey', { response: input.response })
  if (!answer.ok) throw refused(answer, 'token', reader.words.account.secondStep.wrongPasskey, reader)
  redirect(safePath(input.callbackUrl) ?? paths.start())
})

/** Mails a link to whoever is signed in with an address that is not verified yet. */
export const confirmAddressAction = readerAction(
  currentVisitor,
  LinkRequest.pick({ callbackUrl: true }),
  async (visitor, { callbackUrl }, reader) => {
    const { email } = await requireUser(paths.confirmAddress())
    return mailLink(visitor, { email, callbackUrl }, reader)
  },
)

/** Mails a link that sets a new password. */
export const forgottenPasswordAction = readerAction(
  currentVisitor,
  ForgottenPassword,
  async (visitor, { email }, reader) => {
    const { words, language } = reader
    await requestSignInLink(visitor, { email, callbackUrl: '' }).catch((error) => {
      throw 'waitMs' in error
        ? new SaidRefusal('RATE_LIMITED', words.signIn.waits.link(waitFor(words, error.waitMs)))
        : error
    })
    // As for sign-in links, the answer leaves before anything is looked up.
    after(() =>
      sendPasswordLink(visitor, { email, language }, new Date()).catch((error) =>
        log.error({ err: error }, 'link not sent'),
      ),
    )
    redirect(paths.linkSent({ to: email, for: 'password' }))
  },
  says,
)

/** Sets a new password with a mailed link, and signs in with it. */
export const newPasswordAction = readerAction(
  currentVisitor,
  NewPasswordByLink,
  async (visitor, input, { language }) => {
    const { email } = await setForgottenPassword(visitor, { ...input, language }, new Date())
    const answer = await signIn('password', { email, password: input.password })
    redirect(answer.ok ? paths.start() : paths.login({ email }))
  },
  inOther(({ signIn, account }) => ({ password: account.newPassword.rule, UNAUTHORIZED: signIn.linkUsed })),
)

type Kind = keyof Words['signIn']['waits']

function refused(answer: SignInAnswer & { ok: false }, kind: Kind, wrong: string, { words }: Reader): SaidRefusal {
  const field = kind === 'code' ? 'code' : undefined
  if (answer.waitMs !== null)
    return new SaidRefusal('RATE_LIMITED', words.signIn.waits[kind](waitFor(words, answer.waitMs)), field)
  return new SaidRefusal('UNAUTHORIZED', answer.message === null ? wrong : words.signIn.failed, field)
}

async function mailLink(
  visitor: Visitor,
  wanted: Pick<LinkRequest, 'email' | 'callbackUrl'>,
  { words, language }: Reader,
): Promise<never> {
  const request = { ...wanted, request: newRequest(), language }
  await requestSignInLink(visitor, request).catch((error) => {
    if (!('waitMs' in error)) throw error
    throw new SaidRefusal('RATE_LIMITED', words.signIn.waits.link(waitFor(words, error.waitMs)))
  })
  // Looked up after the answer has left, so that neither words nor time tell who is known here.
  after(() =>
    sendSignInLink(visitor, request, new Date()).catch((error) => log.error({ err: error }, 'sign-in link not sent')),
  )
  const { email, callbackUrl } = request
  redirect(paths.linkSent({ to: email, request: request.request, callbackUrl: safePath(callbackUrl) }))
}
