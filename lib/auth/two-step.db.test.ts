import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import { rememberAccount } from './known-browser.ts'
import { hashPassword } from './passwords.ts'
import { listSessions, pendingOf, sessionIsOpen } from './queries.ts'
import { passSecondStep } from './second-step.ts'
import { securityNotes } from './security-log.ts'
import { openSession } from './sessions.ts'
import { assertConfirmed, type Confirmable } from './step-up.ts'
import { hashRecoveryCode, newRecoveryCode, stepOf } from './totp.ts'
import {
  authenticatorToSetUp,
  beginAuthenticator,
  confirmAuthenticator,
  endTwoStep,
  endTwoStepOf,
  type Me,
  renewRecoveryCodes,
  twoStepOf,
} from './two-step.ts'

const now = new Date('2026-11-29T12:00:10Z')
const seconds = (count: number) => new Date(now.getTime() + count * 1_000)
const network = () =>
  `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}:${Math.floor(Math.random() * 65_535).toString(16)}::1`
const from = (address: string | null): Visitor => ({ kind: 'visitor', address, device: 'Firefox on Linux' })

async function makeMember() {
  const email = `${randomUUID()}@example.com`
  const { id } = await prisma.user.create({
    data: { email, passwordHash: await hashPassword('seven spoons'), createdAt: new Date('2026-01-01') },
  })
  const { id: organizationId } = await prisma.organization.create({ data: { name: 'Fable', slug: randomUUID() } })
  await prisma.membership.create({ data: { organizationId, userId: id, role: 'owner' } })
  const signIn = async (at = now, visitor = from(null)): Promise<Me> => {
    const { sessionEpoch } = await prisma.user.findUniqueOrThrow({ where: { id } })
    return { userId: id, email, sessionId: await openSession(visitor, { id, email, sessionEpoch }, 'password', at) }
  }
  return { id, email, organizationId, signIn }
}

/** With two-step sign-in on, and how to make codes. */
async function makeTwoStep() {
  const member = await makeMember()
  const me = await member.signIn()
  await beginAuthenticator(me, now)
  const { secret } = (await authenticatorToSetUp(me, now)) ?? { secret: '' }
  const codeAt = (at: Date) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() })
  const { recoveryCodes } = await confirmAuthenticator(me, codeAt(seconds(-30)), from(null), now)
  const pending = async (at = now) => {
    const { userId, sessionId } = await member.signIn(at)
    const found = await pendingOf({ userId, sessionId }, at)
    if (!found) throw new Error('nothing waits')
    return found
  }
  return { ...member, me, secret, codeAt, recoveryCodes, pending }
}

const typesOf = async (organizationId: string) =>
  (await prisma.event.findMany({ where: { organizationId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })).map(
    ({ type, data }) => [type, data],
  )

async function news(to: string) {
  const rows = await prisma.mail.findMany({ where: { to }, orderBy: { id: 'asc' } })
  return rows
    .map((row) => openContents(row))
    .flatMap((mail) => (mail.template === 'account-news' ? mail.payload.news : []))
}

const answer = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => error.code,
  )

describe('codes', () => {
  test('are those of RFC 6238, a step early or late, and each step once', () => {
    // Appendix B, for SHA-1; its codes have eight digits, of which ours are the last six.
    const secret = Secret.fromLatin1('12345678901234567890').base32
    for (const [at, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
    ] as const) {
      const step = Math.floor(at / 30)
      const tried = (offset: number, last: number | null = null) =>
        stepOf(secret, code, last, new Date((at + offset) * 1_000))
      expect([-30, 0, 30].map((offset) => tried(offset))).toEqual([step, step, step])
      expect([-60, 60].map((offset) => tried(offset))).toEqual([null, null])
      expect([tried(0, step - 1), tried(0, step), tried(0, step + 1)]).toEqual([step, null, null])
    }
  })

  test('recovery codes are eighty bits, read however they are typed', () => {
    const code = newRecoveryCode()
    expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/)
    expect(
      hashRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `),
    ).toBe(hashRecoveryCode(code))
    expect(new Set(Array.from({ length: 1_000 }, newRecoveryCode)).size).toBe(1_000)
  })
})

describe('turning it on and off', () => {
  test('ends other sessions, is told by mail and in the log, and nothing of it stands in the database readable', async () => {
    const member = await makeMember()
    const elsewhere = await member.signIn()
    const me = await member.signIn()
    await beginAuthenticator(me, now)
    expect((await twoStepOf(me)).since).toBeNull()
    const { secret, uri } = (await authenticatorToSetUp(me, now)) ?? { secret: '', uri: '' }
    expect(decodeURIComponent(uri)).toContain(member.email)
    expect(await authenticatorToSetUp(me, seconds(3_601))).toBeNull()
    await expect(confirmAuthenticator(me, '000000', from(null), now)).rejects.toMatchObject({ field: 'code' })
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() })
    const { recoveryCodes } = await confirmAuthenticator(me, `${code.slice(0, 3)} ${code.slice(3)}`, from(null), now)
    expect(recoveryCodes).toHaveLength(10)
    expect(await sessionIsOpen(me, now)).toBe(true)
    expect(await sessionIsOpen(elsewhere, now)).toBe(false)
    expect(await authenticatorToSetUp(me, now)).toBeNull()
    await expect(beginAuthenticator(me, now)).rejects.toMatchObject({ code: 'CONFLICT' })
    const stored = JSON.stringify([
      await prisma.authenticator.findUnique({ where: { userId: member.id } }),
      await prisma.recoveryCode.findMany({ where: { userId: member.id } }),
    ])
    for (const each of [secret, ...recoveryCodes]) expect(stored).not.toContain(each)
    const another = await renewRecoveryCodes(me, from(null), now)
    expect(another.filter((each) => recoveryCodes.includes(each))).toEqual([])

    await endTwoStep(me, from(null), now)
    expect(await twoStepOf(me)).toEqual({ since: null, appSince: null, recoveryCodes: 0 })
    expect(await sessionIsOpen(await member.signIn(), now)).toBe(true)
    expect((await typesOf(member.organizationId)).map(([type]) => type)).toEqual([
      ...[
        'session.started',
        'session.started',
        'member.two_step_on',
        'member.recovery_codes_made',
        'member.two_step_off',
      ],
      'session.started',
    ])
    expect((await news(member.email)).filter((each) => each !== 'new-device')).toEqual([
      ...['two-step-on', 'recovery-codes-made', 'two-step-off'],
    ])
  })

  test('on the console it ends for whoever lost everything', async () => {
    const { me, email, organizationId } = await makeTwoStep()
    await endTwoStepOf({ kind: 'system', name: 'Console' }, email, now)
    expect(await sessionIsOpen(me, now)).toBe(false)
    expect((await twoStepOf(me)).since).toBeNull()
    expect((await typesOf(organizationId)).at(-1)).toEqual(['member.two_step_off', { how: 'console' }])
  })
})

describe('signing in', () => {
  test('a session that has not passed the second step opens nothing, and waits fifteen minutes', async () => {
    const { pending, codeAt, organizationId, me } = await makeTwoStep()
    const who = await pending()
    expect(who).toMatchObject({ how: 'password', hasApp: true, hasPasskey: false })
    expect(await sessionIsOpen(who, now)).toBe(false)
    expect((await listSessions(me, true, now)).map(({ id }) => id)).not.toContain(who.sessionId)
    expect(await pendingOf(who, seconds(899))).not.toBeNull()
    expect(await pendingOf(who, seconds(900))).toBeNull()
    await passSecondStep(who, codeAt(seconds(0)), from('203.0.113.9'), now)
    expect(await sessionIsOpen(who, now)).toBe(true)
    expect(await pendingOf(who, now)).toBeNull()
    const started = (await typesOf(organizationId)).filter(([type]) => type === 'session.started')
    expect(started.map(([, data]) => data)).toEqual([{ how: 'password' }, { how: 'password code' }])
  })

  test('a code works once, also for twenty at the same time, and none of an earlier step after it', async () => {
    const { pending, codeAt } = await makeTwoStep()
    const whos = await Promise.all(Array.from({ length: 20 }, () => pending()))
    const code = codeAt(seconds(30))
    // From twenty browsers that are known, so that no limit is in the way.
    const answers = await Promise.all(
      whos.map((who) =>
        answer(passSecondStep(who, code, { ...from(null), known: rememberAccount(null, who.email, now) }, now)),
      ),
    )
    expect(answers.filter((each) => each === 'ok')).toHaveLength(1)
    expect(await answer(passSecondStep(await pending(), codeAt(now), from(null), now))).not.toBe('ok')
  })

  test('a recovery code works once, is told by mail, and those left are counted', async () => {
    const { pending, recoveryCodes, me, email } = await makeTwoStep()
    const [code = ''] = recoveryCodes
    const answers = await Promise.all(
      [1, 2, 3].map(async () => answer(passSecondStep(await pending(), code, from(null), now))),
    )
    expect(answers.filter((each) => each === 'ok')).toHaveLength(1)
    expect((await twoStepOf(me)).recoveryCodes).toBe(9)
    expect((await news(email)).filter((each) => each === 'recovery-code-used')).toHaveLength(1)
  })

  test('five wrong codes, then it waits: 4, 8, 16 seconds … for the account from wherever, not for a known browser', async () => {
    const { pending, codeAt, email, organizationId } = await makeTwoStep()
    const who = await pending()
    // Real time, since limits go by the clock of the database.
    const answers: string[] = []
    for (let i = 0; i < 8; i++) answers.push(await answer(passSecondStep(who, '000000', from(network()), now)))
    expect(answers).toEqual([...Array(5).fill('UNAUTHORIZED'), ...Array(3).fill('RATE_LIMITED')])
    await expect(passSecondStep(who, codeAt(now), from(network()), now)).rejects.toMatchObject({
      message: expect.stringMatching(/^Too many wrong codes\. Try again in [1-4] seconds?\.$/),
    })
    const known = { ...from(network()), known: rememberAccount(null, email, now) }
    await passSecondStep(who, codeAt(now), known, now)
    await securityNotes()
    const types = await typesOf(organizationId)
    expect(types.filter(([type]) => type === 'session.refused').map(([, data]) => data)).toContainEqual(
      expect.objectContaining({ what: 'code', email }),
    )
    expect(types.map(([type]) => type)).toContain('session.slowed')
  })

  test('thirty wrong codes of many accounts from one network, then it waits there', async () => {
    const here = network()
    const accounts = await Promise.all(Array.from({ length: 8 }, () => makeTwoStep()))
    const whos = await Promise.all(accounts.map(({ pending }) => pending()))
    const answers: string[] = []
    for (let i = 0; i < 32; i++)
      answers.push(await answer(passSecondStep(whos[i % 8] as (typeof whos)[0], '000000', from(here), now)))
    expect(answers.filter((each) => each === 'UNAUTHORIZED')).toHaveLength(30)
    expect(answers.slice(30)).toEqual(['RATE_LIMITED', 'RATE_LIMITED'])
  })

  test('a browser that is new to a member is told of by mail, one that is known is not', async () => {
    const { email, signIn } = await makeMember()
    await signIn()
    expect(await news(email)).toEqual(['new-device'])
    await signIn(now, { ...from(null), known: rememberAccount(null, email, now) })
    expect(await news(email)).toEqual(['new-device'])
  })
})

describe('proof, once more, of who it is', () => {
  const confirmable = async ({ userId, sessionId, email }: Me, confirmedAt: Date): Promise<Confirmable> => {
    const { passwordHash } = await prisma.user.findUniqueOrThrow({ where: { id: userId } })
    const hasApp = (await twoStepOf({ userId })).appSince !== null
    return { id: userId, sessionId, email, hasPassword: passwordHash !== null, hasApp, hasPasskey: false, confirmedAt }
  }

  test('is good for ten minutes, then the password is asked for', async () => {
    const { signIn, organizationId } = await makeMember()
    const me = await signIn()
    const user = await confirmable(me, now)
    await assertConfirmed(user, { typed: '', passkey: '' }, from(null), seconds(599))
    await expect(assertConfirmed(user, { typed: '', passkey: '' }, from(null), seconds(600))).rejects.toMatchObject({
      stepUp: 'password',
    })
    await expect(
      assertConfirmed(user, { typed: 'wrong', passkey: '' }, from(null), seconds(600)),
    ).rejects.toMatchObject({
      ...{ stepUp: 'password', message: 'This is not your password.' },
    })
    await assertConfirmed(user, { typed: 'seven spoons', passkey: '' }, from(null), seconds(600))
    const { confirmedAt } = await prisma.session.findUniqueOrThrow({ where: { id: me.sessionId } })
    expect(confirmedAt).toEqual(seconds(600))
    expect((await typesOf(organizationId)).at(-1)).toEqual(['session.confirmed', { how: 'password' }])
    // A clock that was set back proves nothing.
    await expect(assertConfirmed(user, { typed: '', passkey: '' }, from(null), seconds(-600))).rejects.toMatchObject({
      stepUp: 'password',
    })
  })

  test('with two steps it takes a code; with neither, signing in anew', async () => {
    const { me, codeAt, id } = await makeTwoStep()
    const user = await confirmable(me, now)
    const later = seconds(700)
    await expect(
      assertConfirmed(user, { typed: 'seven spoons', passkey: '' }, from(null), later),
    ).rejects.toMatchObject({ stepUp: 'code' })
    await assertConfirmed(user, { typed: codeAt(later), passkey: '' }, from(null), later)
    await expect(assertConfirmed(user, { typed: codeAt(later), passkey: '' }, from(null), later)).rejects.toMatchObject(
      { stepUp: 'code' },
    )
    await endTwoStep(me, from(null), now)
    await prisma.user.update({ where: { id }, data: { passwordHash: null } })
    await expect(
      assertConfirmed(await confirmable(me, now), { typed: 'x', passkey: '' }, from(null), later),
    ).rejects.toMatchObject({
      stepUp: 'link',
    })
  })

  test('six wrong passwords, and it waits', async () => {
    const me = await (await makeMember()).signIn()
    const user = await confirmable(me, new Date(0))
    const messages: string[] = []
    for (let i = 0; i < 6; i++)
      messages.push(
        await assertConfirmed(user, { typed: 'wrong', passkey: '' }, from(null), now).then(
          () => 'ok',
          (error) => error.message,
        ),
      )
    expect(messages.slice(0, 5)).toEqual(Array(5).fill('This is not your password.'))
    expect(messages[5]).toMatch(/^Too many wrong passwords\./)
  })
})
