import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import { askForAddress, confirmAddress } from './address.ts'
import { requestSignInLink, signInByPassword } from './commands.ts'
import { coreOf, isCommonPassword } from './common-passwords.ts'
import { sendPasswordLink, setForgottenPassword } from './forgotten.ts'
import { openLink, purgeAccountLinks } from './links.ts'
import { hashNewPassword, hashPassword } from './passwords.ts'
import { sessionIsOpen } from './queries.ts'
import { signOutEverywhere } from './sessions.ts'

const now = new Date()
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const visitor: Visitor = { kind: 'visitor', address: null, device: 'Firefox on Linux' }
const newAddress = () => `${randomUUID()}@example.com`
const password = 'seven wooden spoons'

/** An owner who is signed in here and elsewhere. */
async function makeMember() {
  const email = newAddress()
  const { id: userId } = await prisma.user.create({
    data: { email, passwordHash: await hashPassword('the former one') },
  })
  const { id: organizationId } = await prisma.organization.create({ data: { name: 'Fable', slug: randomUUID() } })
  await prisma.membership.create({ data: { organizationId, userId, role: 'owner' } })
  const session = async () => {
    const id = newId(now)
    await prisma.session.create({ data: { id, userId, createdAt: now, lastSeenAt: now } })
    return id
  }
  const [sessionId, elsewhere] = [await session(), await session()]
  return { me: { userId, sessionId, email }, elsewhere: { userId, sessionId: elsewhere }, organizationId, email }
}

async function mailsTo(to: string) {
  const rows = await prisma.mail.findMany({ where: { to }, orderBy: { id: 'asc' } })
  return rows.map((row) => openContents(row))
}

/** The token of the newest mail to this address that has a link. */
async function mailedToken(to: string): Promise<string> {
  const mail = (await mailsTo(to)).findLast(
    ({ template }) => template === 'password-link' || template === 'address-link',
  )
  if (!mail || !('url' in mail.payload)) throw new Error('no link')
  return new URL(mail.payload.url).searchParams.get('token') ?? ''
}

const news = async (to: string) =>
  (await mailsTo(to)).flatMap((mail) => (mail.template === 'account-news' ? [mail.payload.news] : []))

const eventsOf = (organizationId: string) =>
  prisma.event.findMany({ where: { organizationId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })

describe('passwords that are tried first', () => {
  test.each([
    'qwertyuiop',
    '1234567890',
    'Basketball',
    'PASSWORD123',
    'basketball2024!',
    'abababababab',
    '!!Manchester99',
  ])('%s is refused', async (common) => {
    expect(await isCommonPassword(common)).toBe(true)
    await expect(hashNewPassword(common)).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'password' })
  })

  test.each([password, 'kluxen-tomaten-07', 'jlwq0zpvnb', 'correct horse battery staple'])(
    '%s is not',
    async (fine) => {
      expect(await isCommonPassword(fine)).toBe(false)
    },
  )

  test('what stands around a word is taken off', () => {
    expect(coreOf('!!Basketball2024!')).toBe('basketball')
    expect(coreOf('12345')).toBe('')
  })
})

describe('a forgotten password', () => {
  test('a link sets a new one, once, ends every session and is told by mail and in the security log', async () => {
    const { me, elsewhere, organizationId, email } = await makeMember()
    await sendPasswordLink(visitor, { email }, now)
    const token = await mailedToken(email)
    expect(JSON.stringify(await prisma.accountLink.findMany({ where: { userId: me.userId } }))).not.toContain(token)
    const tries = await Promise.allSettled(
      [1, 2, 3].map(() => setForgottenPassword(visitor, { token, password }, minutes(1))),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await signInByPassword(visitor, { email, password })
    await expect(signInByPassword(visitor, { email, password: 'the former one' })).rejects.toThrow()
    for (const session of [me, elsewhere]) expect(await sessionIsOpen(session, minutes(1))).toBe(false)
    const event = (await eventsOf(organizationId)).find(({ type }) => type === 'member.password_changed')
    expect(event).toMatchObject({ data: { how: 'mail' }, device: 'Firefox on Linux' })
    expect(await news(email)).toEqual(['password-changed'])
  })

  test('a common password does not use the link up; after 20 minutes, or when sessions are ended, it is void', async () => {
    const { me, email } = await makeMember()
    await sendPasswordLink(visitor, { email }, now)
    const token = await mailedToken(email)
    await expect(setForgottenPassword(visitor, { token, password: 'qwertyuiop' }, now)).rejects.toMatchObject({
      field: 'password',
    })
    expect(await openLink('password', token, minutes(19))).toMatchObject({ email })
    expect(await openLink('password', token, minutes(20))).toBeNull()
    expect(await openLink('address', token, now)).toBeNull()
    await expect(setForgottenPassword(visitor, { token, password }, minutes(20))).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    await signOutEverywhere(me, me.sessionId, visitor, now)
    expect(await openLink('password', token, now)).toBeNull()
    await sendPasswordLink(visitor, { email }, now)
    await purgeAccountLinks(minutes(21))
    expect(await prisma.accountLink.count({ where: { userId: me.userId } })).toBe(0)
  })

  test('asked for again, the former link is void; unknown addresses get nothing', async () => {
    const { email } = await makeMember()
    await sendPasswordLink(visitor, { email }, now)
    const first = await mailedToken(email)
    await sendPasswordLink(visitor, { email }, now)
    expect(await openLink('password', first, now)).toBeNull()
    const unknown = newAddress()
    await sendPasswordLink(visitor, { email: unknown }, now)
    expect(await mailsTo(unknown)).toEqual([])
  })

  test('four at once from a network and eight for an address, then it waits', async () => {
    const email = newAddress()
    const ask = (address: string) =>
      requestSignInLink({ kind: 'visitor', address }, { email, callbackUrl: '' }).then(
        () => 'ok',
        (error) => error.code,
      )
    const network = () =>
      `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}:${Math.floor(Math.random() * 65_535).toString(16)}::1`
    const [here, there, elsewhere] = [network(), network(), network()]
    const answers: string[] = []
    for (const from of [here, here, here, here, here, there, there, there, there, there, elsewhere])
      answers.push(await ask(from))
    const [ok, no] = ['ok', 'RATE_LIMITED']
    expect(answers).toEqual([ok, ok, ok, ok, no, ok, ok, ok, ok, no, no])
  })
})

describe('another address', () => {
  test('the old mailbox is told, the new one confirms, and only then it changes', async () => {
    const { me, elsewhere, organizationId, email } = await makeMember()
    const next = newAddress()
    await askForAddress(me, { email: next }, visitor, now)
    expect(await news(email)).toEqual(['address-asked'])
    expect(await prisma.user.findUniqueOrThrow({ where: { id: me.userId } })).toMatchObject({ email })
    expect(await sessionIsOpen(elsewhere, now)).toBe(true)

    const token = await mailedToken(next)
    const stranger = await makeMember()
    await expect(confirmAddress(stranger.me, token, visitor, now)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await openLink('address', token, now)).not.toBeNull()
    const tries = await Promise.allSettled([1, 2].map(() => confirmAddress(me, token, visitor, minutes(1))))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const after = await prisma.user.findUniqueOrThrow({ where: { id: me.userId } })
    expect(after).toMatchObject({ email: next, emailVerifiedAt: minutes(1) })
    expect(await sessionIsOpen(me, minutes(1))).toBe(true)
    expect(await sessionIsOpen(elsewhere, minutes(1))).toBe(false)
    expect(await news(email)).toEqual(['address-asked', 'address-changed'])
    const events = (await eventsOf(organizationId)).map(({ type, data }) => [type, data])
    expect(events).toEqual([
      ['member.address_asked', { to: next }],
      ['member.address_changed', { from: email, to: next }],
    ])
  })

  test('that of another account is refused to whoever reads its mail, and not told to whoever asks', async () => {
    const [{ me }, other] = [await makeMember(), await makeMember()]
    await askForAddress(me, { email: other.email }, visitor, now)
    await expect(confirmAddress(me, await mailedToken(other.email), visitor, now)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await expect(askForAddress(me, { email: me.email }, visitor, now)).rejects.toMatchObject({ field: 'email' })
  })
})
