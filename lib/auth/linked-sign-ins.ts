import '#server-only'
import type { Visitor } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { readSentEmail } from '../base/text.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type Identity, readerOf } from './commands.ts'
import { tellOfAccount } from './news.ts'
import type { ProviderProblem, SignInProvider } from './plain.ts'
import { nameOf, type Proven } from './providers.ts'
import { addressIsKnown } from './queries.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'
import { lockUser, type Me } from './two-step.ts'

// Accounts elsewhere that sign people in here. Once linked they are found by issuer and subject, whatever becomes of their address.

/** A provider's sign-in that lets nobody in; `why` picks the sentence of the page. */
export class ProviderRefusal extends Refusal {
  readonly why: ProviderProblem

  constructor(why: ProviderProblem) {
    super('UNAUTHORIZED', `This sign-in opens nothing here: ${why}.`)
    this.why = why
  }
}

/** How a linked sign-in is called in mails and in the security log. */
const titleOf = (provider: SignInProvider, label: string): string => `${nameOf(provider).name} (${label})`

/** Who a provider's sign-in is here. The first time it is linked to whoever has its verified address; an unverified one opens nothing. */
export async function signInByProvider(
  visitor: Visitor,
  proven: Proven,
  now: Date,
): Promise<Identity & { isTwoStep: boolean }> {
  const { issuer, subject, isTwoStep, label } = proven
  const linked = await prisma.linkedSignIn.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { id: true, removedAt: true, user: { select: { id: true, email: true, sessionEpoch: true } } },
  })
  if (linked?.removedAt) throw new ProviderRefusal('unlinked')
  if (linked) {
    await prisma.linkedSignIn.updateMany({ where: { id: linked.id }, data: { lastUsedAt: now, label } })
    return { ...linked.user, isTwoStep }
  }
  const email = addressOf(proven)
  if (!(await addressIsKnown(email)) && !(await isInvited(email, now))) throw new ProviderRefusal('unknown')
  return prisma.$transaction(async (tx) => {
    const identity = await readerOf(tx, email, now)
    await lockUser(tx, identity.id)
    // By address once, and not again: who opens further accounts there with an address that they read has to be asked on the account page.
    if ((await tx.linkedSignIn.count({ where: { userId: identity.id, issuer } })) > 0)
      throw new ProviderRefusal('unlinked')
    await link(tx, identity.id, email, proven, visitor, now)
    return { ...identity, isTwoStep }
  })
}

function addressOf({ email }: Proven): string {
  const address = email && readSentEmail(email)
  if (!address) throw new ProviderRefusal('unverified')
  return address
}

const isInvited = async (email: string, now: Date): Promise<boolean> =>
  (await prisma.invitation.count({ where: { email, expiresAt: { gt: now } } })) > 0

// Of two sign-ins at once only one finds it free; the other one is asked to try again.
async function link(tx: Tx, userId: string, to: string, proven: Proven, visitor: Visitor, now: Date): Promise<void> {
  const { provider, issuer, subject, label } = proven
  const made = await tx.$executeRaw`
    INSERT INTO linked_sign_ins (id, user_id, provider, issuer, subject, label, created_at, last_used_at)
    VALUES (${newId(now)}::uuid, ${userId}::uuid, ${provider}, ${issuer}, ${subject}, ${label}, ${now}, ${now})
    ON CONFLICT (issuer, subject) DO UPDATE SET user_id = excluded.user_id, label = excluded.label, removed_at = NULL,
      created_at = excluded.created_at, last_used_at = excluded.last_used_at
      WHERE linked_sign_ins.removed_at IS NOT NULL`
  if (made === 0) throw new ProviderRefusal('taken')
  const { name } = nameOf(provider)
  await recordForMember(tx, userId, visitor, now, { type: 'member.sign_in_linked', data: { provider: name, label } })
  await tellOfAccount(tx, to, 'sign-in-linked', { visitor, now, about: titleOf(provider, label) })
}

const LINKED_MAX = 10

/** Links an account elsewhere to one's own. Its address may be another one, but has to be verified there. */
export async function linkSignIn(me: Me, proven: Proven, visitor: Visitor, now: Date): Promise<void> {
  addressOf(proven)
  await prisma.$transaction(async (tx) => {
    await lockUser(tx, me.userId)
    const { issuer, subject } = proven
    const mine = await tx.linkedSignIn.findMany({ where: { userId: me.userId, removedAt: null } })
    if (mine.some((each) => each.issuer === issuer && each.subject === subject)) return
    if (mine.length >= LINKED_MAX) throw new ProviderRefusal('taken')
    await link(tx, me.userId, me.email, proven, visitor, now)
  })
}

/** Takes a linked sign-in away and ends every other session. It is remembered, or its address would link it again. */
export async function unlinkSignIn(me: Me, linkedSignInId: string, visitor: Visitor, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockUser(tx, me.userId)
    const row = await tx.linkedSignIn.findFirst({ where: { id: linkedSignInId, userId: me.userId, removedAt: null } })
    if (!row) throw notFound('linked sign-in')
    await tx.linkedSignIn.update({ where: { id: row.id }, data: { removedAt: now } })
    const provider = row.provider as SignInProvider
    const data = { provider: nameOf(provider).name, label: row.label }
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.sign_in_unlinked', data })
    await tellOfAccount(tx, me.email, 'sign-in-unlinked', { visitor, now, about: titleOf(provider, row.label) })
    await endSessions(tx, me.userId, me.sessionId)
  })
}

/** What signs somebody in from elsewhere, oldest first. */
export async function listLinkedSignIns({ userId }: { userId: string }) {
  const rows = await prisma.linkedSignIn.findMany({
    where: { userId, removedAt: null },
    select: { id: true, provider: true, label: true, createdAt: true, lastUsedAt: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map((row) => ({ ...row, name: nameOf(row.provider as SignInProvider).name }))
}
export type LinkedSignInSummary = Awaited<ReturnType<typeof listLinkedSignIns>>[number]
