'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { changeName, changePassword } from '#lib/auth/account.ts'
import { ChangeName, ChangePassword, SessionId } from '#lib/auth/schema.ts'
import { currentVisitor, requireUser } from '#lib/auth/session.ts'
import { endOwnSession, signOutEverywhere } from '#lib/auth/sessions.ts'
import { signOut } from '#lib/auth/sign-in.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

const me = async () => {
  const { id, sessionId } = await requireUser(paths.account())
  return { userId: id, sessionId }
}

/** Changes one's own password, or sets the first one. */
export const changePasswordAction = formAction(me, ChangePassword, async (user, input) => {
  const { ended } = await changePassword(user, input, await currentVisitor(), new Date())
  refresh()
  const others =
    ended === 0 ? '' : ended === 1 ? ' One other browser is signed out.' : ` ${ended} other browsers are signed out.`
  return { message: `Your password has been changed.${others}` }
})

/** Changes the name that others see. */
export const changeNameAction = editAction(me, ChangeName, async (user, input, opened) => {
  await changeName(user, input, opened)
  refresh()
  return { message: 'Saved.', was: JSON.stringify(input) }
})

/** Ends another of one's own sessions. */
export const endSessionAction = formAction(me, SessionId, async (user, { sessionId }) => {
  await endOwnSession(user, sessionId, await currentVisitor(), new Date())
  refresh()
  return { message: 'That browser has been signed out.' }
})

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
