import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Prisma } from '#prisma/client.ts'
import { countAttempt } from '../auth/attempts.ts'
import { readerOf, requestSignInLink } from '../auth/commands.ts'
import { endSessions } from '../auth/sessions.ts'
import type { Customer, Visitor } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { spellingsOf } from '../base/text.ts'
import { isUniqueViolation, prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { queueMail } from '../mail/commands.ts'
import { ADDRESS_MOVE_HOURS } from '../mail/plain.ts'
import { hashesOf, hexHashOf } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'
import type { Language } from '../words/plain.ts'
import { absorb, takeAlong, wholeCustomer } from './hand-over.ts'
import { isErasedAddress, isOpenMove, personDeleted, shortAddress } from './rules.ts'

// A customer changes their address. Both mailboxes say yes, each by its own link; then everything they bought follows, at every
// organization. Nothing here looks at the new address before its mailbox said yes, so no answer tells whether it is known.

type Side = 'old' | 'new'

const content = (side: Side, token: string) => `address move ${side}\n${token}`
const newToken = () => randomBytes(32).toString('base64url')

const columns = {
  ...{ id: true, userId: true, from: true, to: true, language: true, expiresAt: true, doneAt: true, endedAt: true },
  ...{ fromConfirmedAt: true, toConfirmedAt: true },
} as const
type Move = Prisma.AddressMoveGetPayload<{ select: typeof columns }>

/** Asks both mailboxes. A change that was asked for before ends. */
export async function askToMove(
  customer: Customer,
  { email: to }: { email: string },
  visitor: Visitor,
  language: Language,
  now: Date,
): Promise<void> {
  const { userId, email: from } = customer
  if (spellingsOf(from).includes(to)) throw new Refusal('INVALID_INPUT', 'This is your address already.', 'own')
  if (isErasedAddress(to)) throw personDeleted('email')
  // By whoever asks, then by the address and the network, as for every link that is mailed.
  await countAttempt([{ limit: 'link: address', subject: `address move\n${userId}` }])
  await requestSignInLink(visitor, { email: to, callbackUrl: '' })
  const [oldToken, freshToken] = [newToken(), newToken()]
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`
    await tx.addressMove.updateMany({ where: { userId, doneAt: null, endedAt: null }, data: { endedAt: now } })
    await tx.addressMove.create({
      data: {
        ...{ id: newId(now), userId, from, to, language, createdAt: now },
        expiresAt: new Date(now.getTime() + ADDRESS_MOVE_HOURS * HOUR_MS),
        fromTokenHash: hexHashOf('sign-in', content('old', oldToken)),
        toTokenHash: hexHashOf('sign-in', content('new', freshToken)),
      },
    })
    await tell(tx, customer, { from, to }, now, { type: 'customer.address_asked' })
    const linkOf = (token: string) => new URL(paths.confirmMove({ token }), env().LATCHKEY_URL).href
    const about = { from, to, language }
    await queueMail(tx, now, {
      ...{ template: 'address-move', to: from, payload: { ...about, side: 'old', url: linkOf(oldToken) } },
    })
    await queueMail(tx, now, {
      ...{ template: 'address-move', to, payload: { ...about, side: 'new', url: linkOf(freshToken) } },
    })
  })
}

/** Writes a step down in the history of every organization that the customer bought from. */
async function tell(
  tx: Tx,
  actor: Customer,
  { from, to }: { from: string; to: string },
  now: Date,
  step: { type: 'customer.address_asked' | 'customer.address_confirmed' | 'customer.address_stopped'; side?: string },
): Promise<void> {
  const theirs = await tx.customer.findMany({
    where: { email: { in: spellingsOf(from) } },
    select: { id: true, organizationId: true },
    orderBy: { id: 'asc' },
  })
  const { type, side } = step
  // Until its mailbox said yes it may be anybody's.
  const data = { to: shortAddress(to), ...(side && { [type === 'customer.address_stopped' ? 'by' : 'side']: side }) }
  const events = theirs.map(({ id, organizationId }): NewEvent => ({ type, organizationId, customerId: id, data }))
  if (events.length > 0) await record(tx, actor, now, ...events)
}

/** The change that waits for a yes; null when there is none. */
export const openMoveOf = (customer: Customer, now: Date) =>
  prisma.addressMove.findFirst({
    where: { userId: customer.userId, doneAt: null, endedAt: null, expiresAt: { gt: now } },
    select: { to: true, from: true, expiresAt: true, fromConfirmedAt: true, toConfirmedAt: true },
  })

/** Stops it, by whoever asked. One that is over is no error. */
export async function stopMove(customer: Customer, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const [move] = await tx.$queryRaw<{ id: string; from: string; to: string }[]>`
      UPDATE address_moves SET ended_at = ${now}
      WHERE user_id = ${customer.userId}::uuid AND done_at IS NULL AND ended_at IS NULL RETURNING id, "from", "to"`
    if (move) await tell(tx, customer, move, now, { type: 'customer.address_stopped', side: 'self' })
  })
}

// ---------------------------------------------------------------- by a mailed link

async function readMove(tx: Tx, token: string): Promise<(Move & { side: Side }) | null> {
  const cut = token.slice(0, 200)
  const hashes = (side: Side) => hashesOf('sign-in', content(side, cut))
  const old = await tx.addressMove.findFirst({ where: { fromTokenHash: { in: hashes('old') } }, select: columns })
  if (old) return { ...old, side: 'old' }
  const fresh = await tx.addressMove.findFirst({ where: { toTokenHash: { in: hashes('new') } }, select: columns })
  return fresh && { ...fresh, side: 'new' }
}

/** Locks the change that a link is about, so that two at once see each other. */
async function lockMove(tx: Tx, token: string) {
  const found = await readMove(tx, token)
  if (!found) return null
  await tx.$queryRaw`SELECT 1 FROM address_moves WHERE id = ${found.id}::uuid FOR UPDATE`
  return readMove(tx, token)
}

const saidYes = ({ side, fromConfirmedAt, toConfirmedAt }: Move & { side: Side }) =>
  (side === 'old' ? fromConfirmedAt : toConfirmedAt) !== null

/** What a mailed link is about, and how it stands; null when it is none of ours. */
export async function moveOf(token: string, now: Date) {
  const move = await readMove(prisma, token)
  if (!move) return null
  const { from, to, side, doneAt } = move
  const state = doneAt ? 'done' : !isOpenMove(move, now) ? 'over' : saidYes(move) ? 'half' : 'open'
  return { from, to, side, state } as const
}

const over = () => new Refusal('CONFLICT', 'This link is over.', 'move')

/** By whom a step is taken that a mailbox takes: whoever asked, as that mailbox. */
const byMailbox = ({ userId, side, from, to }: Move & { side: Side }): Customer => ({
  ...{ kind: 'customer', userId, email: side === 'old' ? from : to },
})

/** Says yes from one mailbox; with the second yes everything follows. Each link works once. */
export async function confirmMove(token: string, now: Date): Promise<{ isDone: boolean }> {
  for (let attempt = 1; ; attempt++)
    try {
      const step = await prisma.$transaction((tx) => confirmOnce(tx, token, now), { timeout: 30_000 })
      if (step === 'nothing left') throw over()
      return { isDone: step === 'done' }
    } catch (error) {
      // Somebody bought with the new address for the first time at this moment: then there is one more to join.
      if (!isUniqueViolation(error) || attempt === 3) throw error
    }
}

async function confirmOnce(tx: Tx, token: string, now: Date): Promise<'half' | 'done' | 'nothing left'> {
  const move = await lockMove(tx, token)
  if (!move || !isOpenMove(move, now) || saidYes(move)) throw over()
  const actor = byMailbox(move)
  const isSecond = (move.side === 'old' ? move.toConfirmedAt : move.fromConfirmedAt) !== null
  const yes = { [move.side === 'old' ? 'fromConfirmedAt' : 'toConfirmedAt']: now }
  await tx.addressMove.update({ where: { id: move.id }, data: yes })
  await tell(tx, actor, move, now, { type: 'customer.address_confirmed', side: move.side })
  if (!isSecond) return 'half'
  const isDone = await carryOut(tx, actor, move, now)
  await tx.addressMove.update({ where: { id: move.id }, data: isDone ? { doneAt: now } : { endedAt: now } })
  return isDone ? 'done' : 'nothing left'
}

/** Says no from either mailbox. One that is over is no error. */
export async function declineMove(token: string, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const move = await lockMove(tx, token)
    if (!move || move.doneAt) throw over()
    if (move.endedAt) return
    await tx.addressMove.update({ where: { id: move.id }, data: { endedAt: now } })
    await tell(tx, byMailbox(move), move, now, { type: 'customer.address_stopped', side: move.side })
  })
}

// ---------------------------------------------------------------- everything follows

/** False, and nobody is told or signed out, where nobody has the old address any more: a seller gave what they had another one meanwhile. */
async function carryOut(tx: Tx, actor: Customer, move: Move, now: Date): Promise<boolean> {
  const { from, to } = move
  const [olds, news] = [spellingsOf(from), spellingsOf(to)]
  // Of every organization at once and by id, as two customers of one are locked by id.
  await tx.$queryRaw`SELECT 1 FROM customers WHERE email = ANY(${[...olds, ...news]}::text[]) ORDER BY id FOR UPDATE`
  const all = await tx.customer.findMany({
    where: { email: { in: [...olds, ...news] } },
    select: { ...wholeCustomer, organizationId: true },
    orderBy: { id: 'asc' },
  })
  if (!all.some(({ email }) => olds.includes(email))) return false
  for (const [organizationId, here] of Map.groupBy(all, (each) => each.organizationId)) {
    const theirs = here.filter(({ email }) => olds.includes(email))
    let into = here.find(({ email }) => news.includes(email))
    for (const customer of theirs) {
      if (into) await absorb(tx, actor, organizationId, customer, into, now, false)
      else into = { ...customer, ...(await rename(tx, actor, organizationId, customer, to, now)) }
    }
    if (into && theirs.length > 0)
      await tx.customer.update({ where: { id: into.id, organizationId }, data: { addressChosenAt: now } })
    if (theirs.length > 0) await takeAlong(tx, organizationId, olds, to)
  }
  const keepsAccount = await leaveAccount(tx, move, now)
  const about = { from, to, keepsAccount, language: move.language as Language }
  for (const side of ['old', 'new'] as const)
    await queueMail(tx, now, {
      ...{ template: 'address-moved', to: side === 'old' ? from : to, payload: { ...about, side } },
    })
  return true
}

async function rename(
  tx: Tx,
  actor: Customer,
  organizationId: string,
  { id, email }: { id: string; email: string },
  to: string,
  now: Date,
): Promise<{ email: string }> {
  await tx.customer.update({ where: { id, organizationId }, data: { email: to, updatedAt: now } })
  // Whoever a program signed in with the old address signs in anew.
  await tx.customerSession.deleteMany({ where: { customerId: id, organizationId } })
  await record(tx, actor, now, {
    ...{ type: 'customer.updated', organizationId, customerId: id },
    data: { email: to, changes: [`Address: ${email} → ${to}`] },
  })
  return { email: to }
}

/**
 * Whoever has the new mailbox signs in to an account of their own. That of the old one keeps its address: a password or a passkey that its
 * owner set must never open what the new mailbox has. It is signed out, unless it is a member's, which is another thing: true for one.
 */
async function leaveAccount(tx: Tx, { userId, to, language }: Move, now: Date): Promise<boolean> {
  const isMember = (await tx.membership.count({ where: { userId } })) > 0
  if (!isMember) {
    await endSessions(tx, userId)
    const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } })
    await tx.verificationToken.deleteMany({ where: { identifier: email } })
  }
  const { id } = await readerOf(tx, to, now)
  await tx.user.updateMany({ where: { id, language: null }, data: { language } })
  return isMember
}

/** Removes changes whose links ran out; for the hourly sweep. */
export async function purgeMoves(now: Date): Promise<void> {
  await prisma.addressMove.deleteMany({ where: { expiresAt: { lt: now } } })
}
