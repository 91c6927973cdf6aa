'use server'
import { redirect } from 'next/navigation'
import { currentVisitor, requireUser } from '#lib/auth/session.ts'
import { signIn } from '#lib/auth/sign-in.ts'
import { joinSignedIn, joinWithPassword } from '#lib/organizations/members.ts'
import { InvitationToken, JoinWithPassword } from '#lib/organizations/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { inOther, readerAction } from '#lib/web/reader-action.ts'

/** Makes an account for whoever was invited, and signs them in. */
export const joinAction = readerAction(
  currentVisitor,
  JoinWithPassword,
  async (visitor, input) => {
    const { email, slug } = await joinWithPassword(visitor, input, new Date())
    const answer = await signIn('password', { email, password: input.password })
    redirect(answer.ok ? paths.overview({ organization: slug }) : paths.login())
  },
  inOther(({ account: { invitation: say, page, newPassword } }) => ({
    ...{ name: page.nameRule, password: newPassword.rule, NOT_FOUND: say.over, CONFLICT: say.signInFirst },
  })),
)

/** Makes whoever is signed in a member. */
export const joinAsAction = readerAction(
  () => requireUser(paths.dashboard()),
  InvitationToken,
  async (user, { token }) => {
    const { slug } = await joinSignedIn(user, await currentVisitor(), token, new Date())
    redirect(paths.overview({ organization: slug }))
  },
  inOther(({ account: { invitation: say } }) => ({ NOT_FOUND: say.over, FORBIDDEN: say.notYours })),
)
