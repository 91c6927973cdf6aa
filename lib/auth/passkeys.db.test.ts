import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  passkeyOptions,
  passSecondStepByPasskey,
  purgeChallenges,
  removePasskey,
  signInByPasskey,
} from './passkeys.ts'
import { pendingOf, sessionIsOpen } from './queries.ts'
import { openSession } from './sessions.ts'
import { type Me, twoStepOf } from './two-step.ts'

const now = new Date('2026-11-29T12:00:00Z')
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const visitor: Visitor = { kind: 'visitor', address: null, device: 'Firefox on Linux' }

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

/** An authenticator of our own: what a phone does, with nobody's finger. */
function makeAuthenticator() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(32)
  let counter = 0
  const { hostname, origin } = new URL(env().LATCHKEY_URL)
  const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
  // COSE: an EC2 key on P-256 for ES256.
  const cose = Buffer.concat([
    hex('a5 01 02 03 26 20 01 21 58 20'),
    Buffer.from(x, 'base64url'),
    hex('22 58 20'),
    Buffer.from(y, 'base64url'),
  ])
  const clientData = (type: string, challenge: string, from: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }))
  const head = (flags: number) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    return Buffer.concat([sha256(hostname), Buffer.from([flags]), count])
  }
  return {
    make: (challenge: string) => {
      const data = Buffer.concat([head(0x45), Buffer.alloc(16), Buffer.from([0, id.length]), id, cose])
      const attestation = Buffer.concat([
        ...[
          hex('a3 63'),
          Buffer.from('fmt'),
          hex('64'),
          Buffer.from('none'),
          hex('67'),
          Buffer.from('attStmt'),
          hex('a0 68'),
        ],
        ...[Buffer.from('authData'), Buffer.from([0x58, data.length]), data],
      ])
      return JSON.stringify({
        ...{ id: base64(id), rawId: base64(id), type: 'public-key', clientExtensionResults: {} },
        response: {
          clientDataJSON: base64(clientData('webauthn.create', challenge, origin)),
          attestationObject: base64(attestation),
        },
      })
    },
    sign: (challenge: string, { isVerified = true, from = origin } = {}) => {
      const data = head(isVerified ? 0x05 : 0x01)
      const client = clientData('webauthn.get', challenge, from)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)
      return JSON.stringify({
        ...{ id: base64(id), rawId: base64(id), type: 'public-key', clientExtensionResults: {} },
        response: { clientDataJSON: base64(client), authenticatorData: base64(data), signature: base64(signature) },
      })
    },
  }
}

async function makeMember() {
  const email = `${randomUUID()}@example.com`
  const { id } = await prisma.user.create({ data: { email } })
  const { id: organizationId } = await prisma.organization.create({ data: { name: 'Fable', slug: randomUUID() } })
  await prisma.membership.create({ data: { organizationId, userId: id, role: 'owner' } })
  const signIn = async (): Promise<Me> => {
    const { sessionEpoch } = await prisma.user.findUniqueOrThrow({ where: { id } })
    return { userId: id, email, sessionId: await openSession(visitor, { id, email, sessionEpoch }, 'link', now) }
  }
  const elsewhere = await signIn()
  const me = await signIn()
  const authenticator = makeAuthenticator()
  const { challenge } = await beginPasskey(me, now)
  const made = authenticator.make(challenge)
  const { recoveryCodes } = await addPasskey(me, { name: 'Phone', response: made }, visitor, now)
  return { id, email, organizationId, me, elsewhere, signIn, authenticator, made, recoveryCodes }
}

const answer = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => error.code,
  )

describe('passkeys', () => {
  test('the first one turns two-step sign-in on; an answer to a challenge is good once', async () => {
    const { me, elsewhere, recoveryCodes, made, email } = await makeMember()
    expect(recoveryCodes).toHaveLength(10)
    expect((await twoStepOf(me)).since).toEqual(now)
    expect(await sessionIsOpen(me, now)).toBe(true)
    expect(await sessionIsOpen(elsewhere, now)).toBe(false)
    expect(await listPasskeys(me)).toMatchObject([{ name: 'Phone', lastUsedAt: null }])
    expect(await answer(addPasskey(me, { name: 'Again', response: made }, visitor, now))).toBe('INVALID_INPUT')
    const mails = await prisma.mail.findMany({ where: { to: email, template: 'account-news' }, orderBy: { id: 'asc' } })
    const news = mails
      .map((mail) => openContents(mail))
      .flatMap((mail) => (mail.template === 'account-news' ? mail.payload.news : []))
    expect(news).toEqual(['passkey-added', 'two-step-on'])
  })

  test('sign in, each challenge once, for five minutes', async () => {
    const { id, email, authenticator, me } = await makeMember()
    const { challenge } = await passkeyOptions(visitor, now)
    expect(JSON.stringify(await prisma.passkeyChallenge.findMany())).not.toContain(challenge)
    const signed = authenticator.sign(challenge)
    const answers = await Promise.all([1, 2, 3].map(() => answer(signInByPasskey(visitor, signed, minutes(1)))))
    expect(answers.sort()).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'ok'])
    expect((await listPasskeys(me))[0]?.lastUsedAt).toEqual(minutes(1))
    const late = await passkeyOptions(visitor, now)
    expect(await answer(signInByPasskey(visitor, authenticator.sign(late.challenge), minutes(5)))).toBe('UNAUTHORIZED')
    await purgeChallenges(minutes(6))
    const next = await passkeyOptions(visitor, now)
    const identity = await signInByPasskey(visitor, authenticator.sign(next.challenge), now)
    expect(identity).toMatchObject({ id, email })
    const sessionId = await openSession(visitor, identity, 'passkey', now)
    expect(await sessionIsOpen({ userId: id, sessionId }, now)).toBe(true)
  })

  test('nothing else signs in: another page, no finger, a challenge of nobody, another device, no passkey at all', async () => {
    const { authenticator } = await makeMember()
    const signed = async (how: { isVerified?: boolean; from?: string }, by = authenticator) =>
      by.sign((await passkeyOptions(visitor, now)).challenge, how)
    for (const response of [
      await signed({ from: 'https://false.example' }),
      await signed({ isVerified: false }),
      await signed({}, makeAuthenticator()),
      authenticator.sign(base64(randomBytes(32))),
      (await signed({})).replace('"signature":"', '"signature":"AA'),
    ])
      expect(await answer(signInByPasskey(visitor, response, now))).toBe('UNAUTHORIZED')
    for (const response of ['{}', 'null', '[', '{"id":{"a":1}}'])
      expect(await answer(signInByPasskey(visitor, response, now))).toMatch(/^(UNAUTHORIZED|INVALID_INPUT)$/)
  })

  test('pass the second step of their owner, and of nobody else', async () => {
    const [member, other] = [await makeMember(), await makeMember()]
    const pending = await pendingOf(await member.signIn(), now)
    if (!pending) throw new Error('nothing waits')
    const signedBy = async ({ authenticator }: typeof member) =>
      authenticator.sign((await passkeyOptions(visitor, now)).challenge)
    await expect(passSecondStepByPasskey(pending, await signedBy(other), visitor, now)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    expect(await sessionIsOpen(pending, now)).toBe(false)
    await passSecondStepByPasskey(pending, await signedBy(member), visitor, now)
    expect(await sessionIsOpen(pending, now)).toBe(true)
  })

  test('removed, one signs in no more; with the last, two-step sign-in ends', async () => {
    const [{ me, authenticator, organizationId }, other] = [await makeMember(), await makeMember()]
    const [passkey] = await listPasskeys(me)
    const passkeyId = passkey?.id ?? ''
    await expect(removePasskey(other.me, passkeyId, visitor, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await removePasskey(me, passkeyId, visitor, now)
    const { challenge } = await passkeyOptions(visitor, now)
    expect(await answer(signInByPasskey(visitor, authenticator.sign(challenge), now))).toBe('UNAUTHORIZED')
    expect(await twoStepOf(me)).toEqual({ since: null, appSince: null, recoveryCodes: 0 })
    const events = await prisma.event.findMany({ where: { organizationId }, orderBy: { position: 'asc' } })
    expect(events.map(({ type }) => type).sort()).toEqual(
      [
        ...['session.started', 'session.started', 'member.passkey_added', 'member.two_step_on'],
        ...['member.passkey_removed', 'member.two_step_off'],
      ].sort(),
    )
  })
})
