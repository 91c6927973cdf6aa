'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { changeName, changePassword } from '#lib/auth/account.ts'
import { assertMayAdd, assertMayTakeAway } from '#lib/auth/adding-ways.ts'
import { askForAddress, confirmAddress } from '#lib/auth/address.ts'
import { listLinkedSignIns, unlinkSignIn } from '#lib/auth/linked-sign-ins.ts'
import { isSignInProvider } from '#lib/auth/plain.ts'
import { beginLinking } from '#lib/auth/provider-sign-in.ts'
import { providerConfig } from '#lib/auth/providers.ts'
import {
  AccountToken,
  ChangeAddress,
  ChangeName,
  ChangePassword,
  LinkedSignInId,
  ProviderToLink,
  SessionId,
} from '#lib/auth/schema.ts'
import { currentVisitor, requireConfirmed, requireUser } from '#lib/auth/session.ts'
import { endOwnSession, signOutEverywhere } from '#lib/auth/sessions.ts'
import { rememberThisBrowser, signOut } from '#lib/auth/sign-in.ts'
import { notFound, Refusal } from '#lib/base/errors.ts'
import { linkLifetimeMinutes } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction } from '#lib/web/reader-action.ts'

const me = async () => {
  const { id, sessionId, email } = await requireUser(paths.account())
  return { userId: id, sessionId, email }
}

const confirmedMe = async (form: FormData) => {
  const { id, sessionId, email } = await requireConfirmed(form)
  return { userId: id, sessionId, email }
}

// The former password is proof enough; where there is none, the first one takes another.
const firstPasswordOf = async (form: FormData) =>
  (await requireUser(paths.account())).hasPassword ? me() : confirmedMe(form)

/** Changes one's own password, or sets the first one. */
export const changePasswordAction = readerAction(
  firstPasswordOf,
  ChangePassword,
  async (user, input, { words }) => {
    const whole = await requireUser(paths.account())
    if (!whole.hasPassword) await assertMayAdd(whole, 'password')
    const { ended } = await changePassword(user, input, await currentVisitor(), new Date())
    refresh()
    return { message: words.account.page.passwordChanged(ended) }
  },
  inOther(({ account: { page, newPassword, proof, anotherWay } }) => ({
    ...{ password: newPassword.rule, current: page.wrongPassword, RATE_LIMITED: proof.wrong },
    FORBIDDEN: anotherWay.first,
  })),
)

/** Changes the name that others see. */
export const changeNameAction = readerAction(
  me,
  ChangeName,
  async (user, input, { words }, opened) => {
    if (!opened) throw new Refusal('INVALID_INPUT', 'This form is out of date. Open the page again.')
    await changeName(user, input, opened)
    refresh()
    return { message: words.account.page.saved, was: JSON.stringify(input) }
  },
  inOther(({ account }) => ({ name: account.page.nameRule })),
)

/** Asks for another address; the link is mailed there. */
export const changeAddressAction = readerAction(
  confirmedMe,
  ChangeAddress,
  async (user, input, { words }) => {
    assertMayTakeAway(await requireUser(paths.account()), null)
    await askForAddress(user, input, await currentVisitor(), new Date())
    return { message: words.account.page.addressAsked(input.email, linkLifetimeMinutes) }
  },
  inOther(({ account: { page, proof, anotherWay } }) => ({
    ...{ email: page.ownAddress, RATE_LIMITED: proof.wrong, FORBIDDEN: anotherWay.first },
  })),
)

/** Takes the new address, with the link that was mailed there. */
export const confirmNewAddressAction = readerAction(
  me,
  AccountToken,
  async (user, { token }) => {
    // Asked for before an organization closed, perhaps.
    assertMayTakeAway(await requireUser(paths.account()), null)
    const { email } = await confirmAddress(user, token, await currentVisitor(), new Date())
    await rememberThisBrowser(email)
    redirect(paths.account())
  },
  inOther(({ account: { confirmNewAddress: say, anotherWay, proof } }) => ({
    ...{ UNAUTHORIZED: say.used, CONFLICT: say.taken, FORBIDDEN: anotherWay.first, RATE_LIMITED: proof.wrong },
  })),
)

/** Sets out to link a provider: what it hands back is where that begins. */
export const linkSignInAction = readerAction(
  confirmedMe,
  ProviderToLink,
  async (user, { provider }) => {
    if (!providerConfig(provider)) throw notFound('way to sign in')
    await assertMayAdd(await requireUser(paths.account()), provider)
    await beginLinking(provider, user, new Date())
    return { result: paths.signInWith({ provider }, { link: 1 }) }
  },
  inOther(({ account }) => ({ FORBIDDEN: account.anotherWay.first })),
)

/** Takes a linked sign-in away. */
export const unlinkSignInAction = readerAction(
  confirmedMe,
  LinkedSignInId,
  async (user, { linkedSignInId }) => {
    const whole = await requireUser(paths.account())
    const linked = (await listLinkedSignIns({ userId: whole.id })).find(({ id }) => id === linkedSignInId)
    if (linked && isSignInProvider(linked.provider)) assertMayTakeAway(whole, linked.provider)
    await unlinkSignIn(user, linkedSignInId, await currentVisitor(), new Date())
    refresh()
    return {}
  },
  inOther(({ account: { linked, anotherWay } }) => ({ NOT_FOUND: linked.gone, FORBIDDEN: anotherWay.first })),
)

/** Ends another of one's own sessions. */
export const endSessionAction = readerAction(
  me,
  SessionId,
  async (user, { sessionId }) => {
    await endOwnSession(user, sessionId, await currentVisitor(), new Date())
    refresh()
    return {}
  },
  ({ account }) => ({ NOT_FOUND: account.page.sessionEnded }),
)

/** Signs out everywhere, here too. */
export async function signOutEverywhereAction(): Promise<void> {
  const user = await me()
  await signOutEverywhere(user, null, await currentVisitor(), new Date())
  await signOut()
  redirect(paths.login())
}

/** Ends the session. */
export async function signOutOfAccount(): Promise<void> {
  await signOut()
  redirect(paths.login())
}
