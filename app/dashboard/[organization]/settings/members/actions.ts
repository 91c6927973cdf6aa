'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { confirmedMerchantOf, currentUser, currentVisitor, merchantOf, requireUser } from '#lib/auth/session.ts'
import { BoundSupport } from '#lib/license-keys/schema.ts'
import { boundSupport } from '#lib/license-keys/support-settings.ts'
import { allowWays } from '#lib/organizations/allowed-ways.ts'
import {
  changeRole,
  type Invited,
  inviteMember,
  removeMember,
  resendInvitation,
  transferOwnership,
  withdrawInvitation,
} from '#lib/organizations/members.ts'
import { requireTwoStep } from '#lib/organizations/require-two-step.ts'
import {
  AllowWays,
  ChangeRole,
  InvitationId,
  InviteMember,
  keysToKeep,
  LeaveOrganization,
  MemberId,
  RemoveMember,
  RequireTwoStep,
} from '#lib/organizations/schema.ts'
import { editAction, formAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

// The session of this browser stays when people change their own membership.
const ownSession = async () => (await currentUser())?.sessionId ?? null

/** Invites somebody by mail. */
export const invite = formAction(confirmedMerchantOf, InviteMember, async (merchant, input) => {
  const result = await inviteMember(merchant, input, new Date())
  refresh()
  return { message: `${result.email} was invited.`, result: result satisfies Invited }
})

/** Sends an invitation again, with a new link. */
export const resend = formAction(confirmedMerchantOf, InvitationId, async (merchant, input) => {
  const result = await resendInvitation(merchant, input, new Date())
  refresh()
  return { message: `${result.email} was invited again.`, result: result satisfies Invited }
})

/** Takes an invitation back. */
export const withdraw = formAction(confirmedMerchantOf, InvitationId, async (merchant, input) => {
  const { email } = await withdrawInvitation(merchant, input, new Date())
  refresh()
  return { message: `The invitation for ${email} was withdrawn.` }
})

/** Gives a member another role. */
export const setRole = editAction(confirmedMerchantOf, ChangeRole, async (merchant, input, opened) => {
  const { email } = await changeRole(
    merchant,
    { ...input, keepsKeys: keysToKeep(input) },
    await ownSession(),
    new Date(),
    opened,
  )
  refresh()
  return { message: `The role of ${email} was changed.` }
})

/** Says whether all members have to sign in by two steps. */
export const setTwoStepRequired = formAction(confirmedMerchantOf, RequireTwoStep, async (merchant, input) => {
  await requireTwoStep(merchant, input, new Date())
  refresh()
  return { message: input.required ? 'Two-step sign-in is required.' : 'Two-step sign-in is up to each member.' }
})

/** Says by which ways members may come in. */
export const setWays = editAction(confirmedMerchantOf, AllowWays, async (merchant, input, opened) => {
  const saver = await requireUser(paths.dashboard())
  await allowWays(merchant, saver, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify(input) }
})

/** Says how far support may go. */
export const setSupportBounds = editAction(confirmedMerchantOf, BoundSupport, async (merchant, input, opened) => {
  await boundSupport(merchant, input, new Date(), opened)
  refresh()
  return { message: 'Saved', was: JSON.stringify({ ...opened, ...input }) }
})

/** Gives one's ownership to another member, and stays as an admin. */
export const transfer = formAction(confirmedMerchantOf, MemberId, async (merchant, input) => {
  const { email } = await transferOwnership(merchant, input, await ownSession(), await currentVisitor(), new Date())
  refresh()
  return { message: `${email} is an owner now; you are an admin.` }
})

/** Leaves the organization: whoever may act here may also go. */
export const leave = formAction(merchantOf, LeaveOrganization, async (merchant, input) => {
  await removeMember(
    merchant,
    { userId: merchant.userId, keepsKeys: keysToKeep(input) },
    await ownSession(),
    new Date(),
  )
  redirect(paths.dashboard())
})

/** Removes a member, or leaves the organization. */
export const remove = formAction(confirmedMerchantOf, RemoveMember, async (merchant, input) => {
  const { email } = await removeMember(
    merchant,
    { ...input, keepsKeys: keysToKeep(input) },
    await ownSession(),
    new Date(),
  )
  if (input.userId === merchant.userId) redirect(paths.dashboard())
  refresh()
  return { message: `${email} was removed.` }
})
