import '#server-only'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { isRefusal, notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { prisma, type Tx } from '../database/client.ts'
import { countToken, type Identity } from './commands.ts'
import { tellOfAccount } from './news.ts'
import { hashToken } from './queries.ts'
import type { NewPasskey } from './schema.ts'
import { completeSession, type Pending } from './second-step.ts'
import { recordForMember } from './security-log.ts'
import { endSessions } from './sessions.ts'
import { forgetTwoStep, lockUser, type Me, turnOn } from './two-step.ts'

// Passkeys (WebAuthn). Each is checked with its owner's finger, face or PIN, so one alone counts as both steps.

const PASSKEYS_MAX = 20
const CHALLENGE_MS = 5 * 60_000

/** Whose passkeys these are: the name of the host, and the address that pages have. */
function relyingParty() {
  const { hostname, origin } = new URL(env().LATCHKEY_URL)
  return { rpID: hostname, origin }
}

const hashOf = (challenge: string) => hashToken(`passkey\n${challenge}`)

async function keepChallenge(challenge: string, userId: string | null, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() + CHALLENGE_MS)
  await prisma.passkeyChallenge.create({ data: { challengeHash: hashOf(challenge), userId, expiresAt } })
}

/** Uses a challenge up, whichever process made it: an answer to it is good once. */
async function takeChallenge(challenge: string, userId: string | null, now: Date): Promise<boolean> {
  const { count } = await prisma.passkeyChallenge.deleteMany({
    where: { challengeHash: hashOf(challenge), userId, expiresAt: { gt: now } },
  })
  return count > 0
}

/** Removes challenges that nobody answered; for the hourly sweep. */
export async function purgeChallenges(now: Date): Promise<void> {
  await prisma.passkeyChallenge.deleteMany({ where: { expiresAt: { lt: now } } })
}

// ---------------------------------------------------------------- one's own

/** Somebody's passkeys, oldest first. */
export const listPasskeys = ({ userId }: { userId: string }) =>
  prisma.passkey.findMany({
    where: { userId },
    select: { id: true, name: true, createdAt: true, lastUsedAt: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
export type PasskeySummary = Awaited<ReturnType<typeof listPasskeys>>[number]

/** What the browser is asked to make a passkey from. */
export async function beginPasskey(me: Me, now: Date) {
  const { rpID } = relyingParty()
  const passkeys = await prisma.passkey.findMany({ where: { userId: me.userId } })
  if (passkeys.length >= PASSKEYS_MAX) throw new Refusal('CONFLICT', 'There are twenty passkeys. Remove one first.')
  const options = await generateRegistrationOptions({
    ...{ rpName: 'Latchkey', rpID, userName: me.email, userDisplayName: me.email },
    userID: new TextEncoder().encode(me.userId),
    excludeCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  await keepChallenge(options.challenge, me.userId, now)
  return options
}

const notTaken = () => new Refusal('INVALID_INPUT', 'The passkey could not be checked. Try again.')

/** Keeps a passkey that the browser made. The first second step turns two-step sign-in on; recovery codes are handed out once. */
export async function addPasskey(
  me: Me,
  { response, name }: NewPasskey,
  visitor: Visitor,
  now: Date,
): Promise<{ recoveryCodes: string[] }> {
  const { rpID, origin } = relyingParty()
  const { registrationInfo } = await verifyRegistrationResponse({
    response: parsed<RegistrationResponseJSON>(response),
    expectedChallenge: (challenge) => takeChallenge(challenge, me.userId, now),
    ...{ expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true },
  }).catch(unchecked)
  if (!registrationInfo) throw notTaken()
  const { credential } = registrationInfo
  return prisma.$transaction(async (tx) => {
    const { twoStepAt } = await lockUser(tx, me.userId)
    const taken = await tx.passkey.count({ where: { OR: [{ credentialId: credential.id }] } })
    if (taken > 0) throw new Refusal('CONFLICT', 'This passkey is here already.')
    await tx.passkey.create({
      data: {
        ...{ id: newId(now), userId: me.userId, credentialId: credential.id, name, createdAt: now },
        publicKey: new Uint8Array(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
      },
    })
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.passkey_added', data: { name } })
    await tellOfAccount(tx, me.email, 'passkey-added', { visitor, now, about: name })
    if (twoStepAt) return { recoveryCodes: [] }
    return { recoveryCodes: await turnOn(tx, me, { how: 'passkey', isFirst: true }, visitor, now) }
  })
}

/** Removes a passkey and ends every other session. With the last second step, two-step sign-in ends. */
export async function removePasskey(me: Me, passkeyId: string, visitor: Visitor, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockUser(tx, me.userId)
    const passkey = await tx.passkey.findFirst({ where: { id: passkeyId, userId: me.userId } })
    if (!passkey) throw notFound('passkey')
    await tx.passkey.delete({ where: { id: passkey.id } })
    const { name } = passkey
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.passkey_removed', data: { name } })
    await tellOfAccount(tx, me.email, 'passkey-removed', { visitor, now, about: name })
    await endSessions(tx, me.userId, me.sessionId)
    const left =
      (await tx.passkey.count({ where: { userId: me.userId } })) +
      (await tx.authenticator.count({ where: { userId: me.userId, confirmedAt: { not: null } } }))
    if (left > 0) return
    await forgetTwoStep(tx, me.userId)
    await recordForMember(tx, me.userId, visitor, now, { type: 'member.two_step_off', data: { how: 'account' } })
    await tellOfAccount(tx, me.email, 'two-step-off', { visitor, now })
  })
}

// ---------------------------------------------------------------- signing in

/** What the browser is asked to sign. It says whose passkey it is; nobody has to type an address. */
export async function passkeyOptions(visitor: Visitor, now: Date) {
  const takeBack = await countToken(visitor)
  const options = await generateAuthenticationOptions({ rpID: relyingParty().rpID, userVerification: 'required' })
  await keepChallenge(options.challenge, null, now)
  await takeBack()
  return options
}

const wrong = () => new Refusal('UNAUTHORIZED', 'This passkey does not sign in here. Try another way.')

/** What somebody who is signed in may sign to prove who they are: only with passkeys of their own. */
export async function passkeyProofOptions(userId: string, now: Date) {
  const passkeys = await prisma.passkey.findMany({ where: { userId }, select: { credentialId: true } })
  const options = await generateAuthenticationOptions({
    ...{ rpID: relyingParty().rpID, userVerification: 'required' },
    allowCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
  })
  await keepChallenge(options.challenge, userId, now)
  return options
}

/** Refuses what was signed by anything but a passkey of this person, for a challenge of theirs. */
export async function provePasskey(userId: string, response: string, visitor: Visitor, now: Date): Promise<void> {
  const takeBack = await countToken(visitor)
  const { id } = await signedBy(response, now, userId)
  if (id !== userId) throw wrong()
  await takeBack()
}

/** Checks what a passkey signed, and notes its use. The challenge is `of` somebody, or of whoever signs in. */
async function signedBy(text: string, now: Date, of: string | null = null): Promise<Identity> {
  const response = parsed<AuthenticationResponseJSON>(text)
  const passkey = await prisma.passkey.findUnique({
    where: { credentialId: String(response.id) },
    include: { user: { select: { email: true, sessionEpoch: true } } },
  })
  if (!passkey) throw wrong()
  const { rpID, origin } = relyingParty()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => takeChallenge(challenge, of, now),
    ...{ expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true },
    credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: Number(passkey.counter) },
  }).catch(unchecked)
  if (!verified || !authenticationInfo) throw wrong()
  await prisma.passkey.updateMany({
    where: { id: passkey.id },
    data: { counter: authenticationInfo.newCounter, lastUsedAt: now },
  })
  return { id: passkey.userId, ...passkey.user }
}

/** The person whose passkey signed. Throws UNAUTHORIZED otherwise. */
export async function signInByPasskey(visitor: Visitor, response: string, now: Date): Promise<Identity> {
  const takeBack = await countToken(visitor)
  const identity = await signedBy(response, now)
  await takeBack()
  return identity
}

/** Passes the second step of signing in with a passkey of the same person. */
export async function passSecondStepByPasskey(
  pending: Pending,
  response: string,
  visitor: Visitor,
  now: Date,
): Promise<void> {
  const { id } = await signInByPasskey(visitor, response, now)
  if (id !== pending.userId) throw new Refusal('UNAUTHORIZED', 'This passkey belongs to another account.')
  await prisma.$transaction(async (tx: Tx) => {
    await lockUser(tx, id)
    await completeSession(tx, pending, 'passkey', visitor, now)
  })
}

function parsed<Shape>(text: string): Shape {
  try {
    const value: unknown = JSON.parse(text)
    if (value && typeof value === 'object') return value as Shape
  } catch {
    // Refused below, like everything that no browser sends.
  }
  throw new Refusal('INVALID_INPUT', 'This is not what a browser sends.')
}

// The library throws for whatever does not fit; nothing of that is for people.
function unchecked(error: unknown): { verified: false; registrationInfo?: never; authenticationInfo?: never } {
  if (isRefusal(error)) throw error
  log.warn({ reason: error instanceof Error ? error.message : '' }, 'a passkey was not accepted')
  return { verified: false }
}
