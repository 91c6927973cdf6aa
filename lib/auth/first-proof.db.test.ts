import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import { inviteMember, joinWithPassword } from '../organizations/members.ts'
import { sendSignInLink, signInByLink, signInByPassword } from './commands.ts'
import { sendPasswordLink, setForgottenPassword } from './forgotten.ts'
import { signInByProvider } from './linked-sign-ins.ts'
import { hashPassword } from './passwords.ts'
import { provenByClaims, provenByGitHub } from './providers.ts'
import { sessionIsOpen } from './queries.ts'
import { openSession } from './sessions.ts'

const now = new Date()
const visitor: Visitor = { kind: 'visitor', address: null, device: 'Firefox on Linux' }
const password = 'a password of whoever invited'
const unauthorized = { code: 'UNAUTHORIZED' }

async function shop() {
  const slug = randomUUID()
  const owner = await prisma.user.create({ data: { email: `${slug}@owner.example` } })
  const { id: organizationId } = await prisma.organization.create({
    data: { name: 'Fable', slug, memberships: { create: { userId: owner.id, role: 'owner' } } },
  })
  const me = { kind: 'merchant', userId: owner.id, email: owner.email, name: null, organizationId } as const
  return { ...me, role: 'owner' as const }
}

/** Whoever invites uses the link themselves, and gives the account every way in that there is. */
async function madeByAnother({ onlyMailed = false } = {}) {
  const me = await shop()
  const email = `${randomUUID()}@victim.example`
  const { url } = await inviteMember(me, { email, role: 'admin' }, now)
  if (onlyMailed) await prisma.invitation.updateMany({ where: { email }, data: { onlyMailed } })
  const token = new URL(url ?? '').searchParams.get('token') ?? ''
  await joinWithPassword(visitor, { token, name: 'Nora', password }, now)
  const user = await prisma.user.findUniqueOrThrow({ where: { email } })
  const sessionId = await openSession(visitor, { id: user.id, email, sessionEpoch: 0 }, 'password', now)
  await prisma.passkey.create({
    data: {
      ...{ id: newId(), userId: user.id, credentialId: randomUUID(), publicKey: new Uint8Array([1]), counter: 0n },
      ...{ transports: [], name: 'Theirs', createdAt: now },
    },
  })
  await prisma.linkedSignIn.create({
    data: {
      ...{ id: newId(), userId: user.id, provider: 'oidc', issuer: 'i', subject: randomUUID() },
      ...{ label: 'x', createdAt: now },
    },
  })
  return { email, userId: user.id, sessionId, organizationId: me.organizationId }
}

type Made = Awaited<ReturnType<typeof madeByAnother>>

async function expectOnlyTheirs({ email, userId, sessionId, organizationId }: Made) {
  await expect(signInByPassword(visitor, { email, password })).rejects.toMatchObject(unauthorized)
  expect(await sessionIsOpen({ userId, sessionId }, now)).toBe(false)
  expect(await prisma.passkey.count({ where: { userId } })).toBe(0)
  const linked = await prisma.linkedSignIn.findMany({ where: { userId } })
  expect(linked.filter(({ label }) => label === 'x')).toEqual([])
  expect(await prisma.membership.count({ where: { userId, organizationId } })).toBe(1)
  const mails = (await prisma.mail.findMany({ where: { to: email } })).map((mail) => openContents(mail).payload)
  expect(mails).toContainEqual(expect.objectContaining({ news: 'password-ended' }))
  const events = await prisma.event.findMany({ where: { organizationId, type: 'member.password_changed' } })
  expect(events.map(({ data }) => data)).toContainEqual({ how: 'proved' })
}

async function mailedTo(email: string, template: 'sign-in' | 'password-link'): Promise<string> {
  const mail = await prisma.mail.findFirstOrThrow({ where: { to: email, template }, orderBy: { id: 'desc' } })
  const { payload } = openContents(mail)
  return 'url' in payload ? (new URL(payload.url).searchParams.get('token') ?? '') : ''
}

async function byLink(email: string) {
  await sendSignInLink(visitor, { email, callbackUrl: '' }, now)
  return signInByLink(visitor, { email, token: await mailedTo(email, 'sign-in') }, now)
}

const atProvider = (email: string) =>
  provenByClaims('oidc', { iss: 'https://id.example', sub: randomUUID(), email, email_verified: true })

test('a password that whoever invited set ends when a mailed link proves the mailbox, and their own later stays', async () => {
  const made = await madeByAnother()
  const identity = await byLink(made.email)
  // A session can begin with what was proved: its epoch is the one after the sessions were ended.
  await openSession(visitor, identity, 'link', now)
  await expectOnlyTheirs(made)
  const own = await hashPassword('a password of their own')
  await prisma.user.update({ where: { id: made.userId }, data: { passwordHash: own } })
  await byLink(made.email)
  await signInByPassword(visitor, { email: made.email, password: 'a password of their own' })
})

test('the same when a provider proves it', async () => {
  const made = await madeByAnother()
  const identity = await signInByProvider(visitor, atProvider(made.email), now)
  await openSession(visitor, identity, 'oidc', now)
  await expectOnlyTheirs(made)
  expect(await prisma.linkedSignIn.count({ where: { userId: made.userId } })).toBe(1)
})

test('and when they set a forgotten one: theirs works, and nothing else that was there', async () => {
  const made = await madeByAnother()
  await sendPasswordLink(visitor, { email: made.email }, now)
  const token = await mailedTo(made.email, 'password-link')
  await setForgottenPassword(visitor, { token, password: 'a password of their own' }, now)
  await expectOnlyTheirs(made)
  await signInByPassword(visitor, { email: made.email, password: 'a password of their own' })
})

test('of two proofs at once none brings the password back', async () => {
  const made = await madeByAnother()
  await Promise.all([byLink(made.email), signInByProvider(visitor, atProvider(made.email), now)])
  await expect(signInByPassword(visitor, { email: made.email, password })).rejects.toMatchObject(unauthorized)
})

test('two steps that passkeys alone made end with them; an app stays', async () => {
  const [plain, withApp] = [await madeByAnother(), await madeByAnother()]
  const ids = [plain.userId, withApp.userId]
  await prisma.user.updateMany({ where: { id: { in: ids } }, data: { twoStepAt: now } })
  await prisma.authenticator.create({
    data: { userId: withApp.userId, secret: new Uint8Array([1]), createdAt: now, confirmedAt: now },
  })
  for (const { email } of [plain, withApp]) await byLink(email)
  const stepsOf = async (id: string) => (await prisma.user.findUniqueOrThrow({ where: { id } })).twoStepAt
  expect([await stepsOf(plain.userId), await stepsOf(withApp.userId)]).toEqual([null, now])
})

test('a second account at the same provider is linked by the address no more', async () => {
  const email = `${randomUUID()}@example.com`
  await prisma.user.create({ data: { email, emailVerifiedAt: now } })
  await signInByProvider(visitor, atProvider(email), now)
  await expect(signInByProvider(visitor, atProvider(email), now)).rejects.toMatchObject({ why: 'unlinked' })
})

test('whoever joined by what was mailed to them alone keeps all, as does who never was invited', async () => {
  const made = await madeByAnother({ onlyMailed: true })
  expect(await prisma.user.findUniqueOrThrow({ where: { id: made.userId } })).toMatchObject({
    ...{ byPassedLink: false, emailVerifiedAt: now },
  })
  await byLink(made.email)
  await signInByPassword(visitor, { email: made.email, password })
  expect(await prisma.passkey.count({ where: { userId: made.userId } })).toBe(1)
  const email = `${randomUUID()}@example.com`
  await prisma.user.create({ data: { email, passwordHash: await hashPassword(password) } })
  await byLink(email)
  await signInByPassword(visitor, { email, password })
})

test('the migration marks whoever joined by a link that was not mailed before', async () => {
  const [passed, mailed] = [await madeByAnother(), await madeByAnother()]
  const before = new Date(now.getTime() - 3_600_000)
  const ids = [passed.userId, mailed.userId]
  await prisma.mail.updateMany({
    where: { to: mailed.email, template: 'invitation' },
    data: { status: 'sent', sentAt: before },
  })
  await prisma.user.updateMany({ where: { id: { in: ids } }, data: { byPassedLink: false, createdAt: now } })
  const sql = readFileSync('prisma/migrations/20261130062000_passed_links/migration.sql', 'utf8')
  const [update = ''] = /^UPDATE[^;]+/m.exec(sql) ?? []
  await prisma.$executeRawUnsafe(`${update} AND u.id IN ('${ids.join("','")}')`)
  const users = await prisma.user.findMany({ where: { id: { in: ids } }, select: { id: true, byPassedLink: true } })
  expect(new Map(users.map(({ id, byPassedLink }) => [id, byPassedLink]))).toEqual(
    new Map([
      [passed.userId, true],
      [mailed.userId, false],
    ]),
  )
})

test.each(['\u212A', 'ｋ', 'k\u200B'])('a provider’s address with %j opens nobody else’s account', async (letter) => {
  const rest = `ate-${randomUUID()}@example.com`
  await prisma.user.create({ data: { email: `k${rest}`, emailVerifiedAt: now } })
  const claims = atProvider(`${letter}${rest}`)
  const gitHub = provenByGitHub('https://github.com', { id: 1, login: randomUUID() }, [
    { email: `${letter}${rest}`, primary: true, verified: true },
  ])
  for (const proven of [claims, { ...gitHub, subject: randomUUID() }]) {
    expect(proven.email).toBeNull()
    await expect(signInByProvider(visitor, proven, now)).rejects.toMatchObject({ why: 'unverified' })
    // Even if one slipped through: the last look is at the door.
    await expect(signInByProvider(visitor, { ...proven, email: `${letter}${rest}` }, now)).rejects.toMatchObject({
      why: 'unverified',
    })
  }
  expect(await prisma.linkedSignIn.count({ where: { user: { email: `k${rest}` } } })).toBe(0)
})
