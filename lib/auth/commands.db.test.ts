import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import {
  newRequest,
  purgeLinks,
  requestSignInLink,
  sendSignInLink,
  signInByCode,
  signInByLink,
  signInByPassword,
} from './commands.ts'
import { rememberAccount } from './known-browser.ts'
import { hashPassword } from './passwords.ts'
import { linkIsOpen } from './queries.ts'

const nobody: Visitor = { kind: 'visitor', address: null }
const from = (address: string): Visitor => ({ kind: 'visitor', address })
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => error.code,
  )
const now = new Date()
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const newAddress = () => `${randomUUID()}@example.com`

let passwordHash: string
beforeAll(async () => {
  passwordHash = await hashPassword('correct horse')
})

async function newUser(data: { passwordHash?: string } = {}) {
  return prisma.user.create({ data: { email: newAddress(), ...data } })
}

/** The link of the newest mail to this address. */
async function mailedLink(email: string) {
  const mail = await prisma.mail.findFirstOrThrow({ where: { to: email }, orderBy: { createdAt: 'desc' } })
  const contents = openContents(mail)
  if (contents.template !== 'sign-in') throw new Error('not a sign-in mail')
  const url = new URL(contents.payload.url)
  return { mail, url, link: { email: url.searchParams.get('email') ?? '', token: url.searchParams.get('token') ?? '' } }
}

describe('by password', () => {
  test('the right one signs in', async () => {
    const user = await newUser({ passwordHash })
    const identity = await signInByPassword(nobody, { email: user.email, password: 'correct horse' })
    expect(identity).toEqual({ id: user.id, email: user.email, sessionEpoch: 0 })
  })

  test('wrong password, no password and unknown address are the same refusal', async () => {
    const withPassword = await newUser({ passwordHash })
    const without = await newUser()
    for (const email of [withPassword.email, without.email, newAddress()]) {
      await expect(signInByPassword(nobody, { email, password: 'wrong' })).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
        message: 'E-mail address and password do not match.',
      })
    }
  })

  test('after five wrong ones there is a wait of seconds, not of minutes, and the answer says how long', async () => {
    const { email } = await newUser({ passwordHash })
    for (let i = 0; i < 5; i++) await expect(signInByPassword(nobody, { email, password: 'wrong' })).rejects.toThrow()
    await expect(signInByPassword(nobody, { email, password: 'correct horse' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringMatching(
        /^Too many wrong passwords\. Try again in [12] seconds?, or have a sign-in link e-mailed to you\.$/,
      ),
    })
  })

  test('wrong passwords from one network do not stop the owner in another one', async () => {
    const { email } = await newUser({ passwordHash })
    const [attacker, owner] = [from('2001:db8:1:2::bad'), from('198.51.100.7')]
    const codes = new Set<string>()
    for (let i = 0; i < 30; i++) codes.add(await codeOf(signInByPassword(attacker, { email, password: 'wrong' })))
    expect(codes).toEqual(new Set(['UNAUTHORIZED', 'RATE_LIMITED']))
    await signInByPassword(owner, { email, password: 'correct horse' })
  })

  test('a browser that signed in before is not held up by others, not even in its own network', async () => {
    const { email } = await newUser({ passwordHash })
    const here = from(`10.1.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`)
    for (let i = 0; i < 8; i++) await codeOf(signInByPassword(here, { email, password: 'wrong' }))
    expect(await codeOf(signInByPassword(here, { email, password: 'correct horse' }))).toBe('RATE_LIMITED')
    const known = rememberAccount(null, email, new Date())
    await signInByPassword({ ...here, known }, { email, password: 'correct horse' })
    // The proof of another account is none.
    const other = rememberAccount(null, newAddress(), new Date())
    expect(await codeOf(signInByPassword({ ...here, known: other }, { email, password: 'correct horse' }))).toBe(
      'RATE_LIMITED',
    )
    // And it is no way to guess for ever.
    for (let i = 0; i < 5; i++)
      expect(await codeOf(signInByPassword({ ...here, known }, { email, password: 'wrong' }))).toBe('UNAUTHORIZED')
    expect(await codeOf(signInByPassword({ ...here, known }, { email, password: 'wrong' }))).toBe('RATE_LIMITED')
  })

  test('120 wrong passwords for as many people from one IPv6 network are limited, and the network beside it is not', async () => {
    const group = () => Math.floor(Math.random() * 65_536).toString(16)
    const network = `2001:db8:${group()}`
    const codes: string[] = []
    for (let i = 0; i < 120; i++)
      codes.push(await codeOf(signInByPassword(from(`${network}:1::${i}`), { email: newAddress(), password: 'wrong' })))
    expect(codes.filter((code) => code === 'UNAUTHORIZED').length).toBeLessThan(40)
    expect(codes.at(-1)).toBe('RATE_LIMITED')
    expect(await codeOf(signInByPassword(from(`${network}:2::1`), { email: newAddress(), password: 'wrong' }))).toBe(
      'UNAUTHORIZED',
    )
  }, 30_000)

  test('twenty guesses at once are no more than five', async () => {
    const { email } = await newUser({ passwordHash })
    const guesses = Array.from({ length: 20 }, () => signInByPassword(nobody, { email, password: 'wrong' }))
    const codes = (await Promise.allSettled(guesses)).map((guess) => guess.status === 'rejected' && guess.reason.code)
    expect(codes.filter((code) => code === 'UNAUTHORIZED')).toHaveLength(5)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(15)
  })

  test('a success forgets the wrong ones before it', async () => {
    const { email } = await newUser({ passwordHash })
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) await expect(signInByPassword(nobody, { email, password: 'wrong' })).rejects.toThrow()
      await signInByPassword(nobody, { email, password: 'correct horse' })
    }
  })
})

describe('by e-mailed link', () => {
  test('an unknown address gets no mail, no token and no account', async () => {
    const email = newAddress()
    await sendSignInLink(nobody, { email, callbackUrl: '' }, now)
    expect(await prisma.mail.count({ where: { to: email } })).toBe(0)
    expect(await prisma.verificationToken.count({ where: { identifier: email } })).toBe(0)
    expect(await prisma.user.count({ where: { email } })).toBe(0)
  })

  test('a link works once, verifies the address, and keeps nothing readable at rest', async () => {
    const user = await newUser({ passwordHash })
    await sendSignInLink(nobody, { email: user.email, callbackUrl: '/purchases?a=1' }, now)
    const { mail, url, link } = await mailedLink(user.email)
    expect(url.pathname).toBe('/login/link')
    expect(url.searchParams.get('callbackUrl')).toBe('/purchases?a=1')
    expect(Buffer.from(mail.payload).toString('latin1')).not.toContain(link.token)
    const stored = await prisma.verificationToken.findFirstOrThrow({ where: { identifier: user.email } })
    expect(stored.token).not.toContain(link.token)

    expect(await linkIsOpen(link, now)).toBe(true)
    expect(await linkIsOpen(link, now)).toBe(true) // looking does not use it up
    expect(await signInByLink(nobody, link, minutes(1))).toEqual({ id: user.id, email: user.email, sessionEpoch: 0 })
    expect(await linkIsOpen(link, now)).toBe(false)
    await expect(signInByLink(nobody, link, minutes(1))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const after = await prisma.user.findUniqueOrThrow({ where: { id: user.id } })
    expect(after.emailVerifiedAt).toEqual(minutes(1))
  })

  test('pressed ten times at once, it signs in once', async () => {
    const user = await newUser()
    await sendSignInLink(nobody, { email: user.email, callbackUrl: '' }, now)
    const { link } = await mailedLink(user.email)
    const presses = await Promise.allSettled(Array.from({ length: 10 }, () => signInByLink(nobody, link, now)))
    expect(presses.filter((press) => press.status === 'fulfilled')).toHaveLength(1)
  })

  test('it is good up to twenty minutes, and not at twenty', async () => {
    const user = await newUser()
    await sendSignInLink(nobody, { email: user.email, callbackUrl: '' }, now)
    const { link } = await mailedLink(user.email)
    await expect(signInByLink(nobody, link, minutes(20))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await signInByLink(nobody, link, new Date(minutes(20).getTime() - 1))
  })

  test('a token is good for its own address only', async () => {
    const [a, b] = [await newUser(), await newUser()]
    await sendSignInLink(nobody, { email: a.email, callbackUrl: '' }, now)
    const { link } = await mailedLink(a.email)
    await expect(signInByLink(nobody, { ...link, email: b.email }, now)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  test('a customer who never signed in gets an account at the first link', async () => {
    const email = newAddress()
    const slug = randomUUID()
    await prisma.organization.create({ data: { name: slug, slug, customers: { create: { email } } } })
    await sendSignInLink(nobody, { email, callbackUrl: '' }, now)
    const { link } = await mailedLink(email)
    const identity = await signInByLink(nobody, link, now)
    const user = await prisma.user.findUniqueOrThrow({ where: { email } })
    expect(identity.id).toBe(user.id)
    expect(user).toMatchObject({ passwordHash: null, emailVerifiedAt: now })
  })

  test('an address can be sent a few links, whoever asks and whether or not it is known', async () => {
    const known = (await newUser()).email
    for (const email of [newAddress(), known]) {
      const codes: string[] = []
      for (let i = 0; i < 12; i++)
        codes.push(await codeOf(requestSignInLink(from(`10.2.3.${i}`), { email, callbackUrl: '' })))
      expect(codes).toEqual([...Array(8).fill('ok'), ...Array(4).fill('RATE_LIMITED')])
      expect(await codeOf(requestSignInLink(from('10.2.3.4'), { email: newAddress(), callbackUrl: '' }))).toBe('ok')
    }
  })

  test('one network can have links sent to thirty addresses, then it has to wait', async () => {
    const visitor = from(`10.9.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`)
    const codes: string[] = []
    for (let i = 0; i < 33; i++)
      codes.push(await codeOf(requestSignInLink(visitor, { email: newAddress(), callbackUrl: '' })))
    expect(codes.filter((code) => code === 'ok')).toHaveLength(30)
    expect(codes.at(-1)).toBe('RATE_LIMITED')
  })

  test('a link opens the door that wrong passwords closed', async () => {
    const { email } = await newUser({ passwordHash })
    for (let i = 0; i < 6; i++) await expect(signInByPassword(nobody, { email, password: 'wrong' })).rejects.toThrow()
    await sendSignInLink(nobody, { email, callbackUrl: '' }, now)
    await signInByLink(nobody, (await mailedLink(email)).link, now)
    await signInByPassword(nobody, { email, password: 'correct horse' })
  })

  test('links that ran out are swept away', async () => {
    const user = await newUser()
    await sendSignInLink(nobody, { email: user.email, callbackUrl: '' }, new Date('2020-01-01'))
    await purgeLinks(new Date('2020-01-02'))
    expect(await prisma.verificationToken.count({ where: { identifier: user.email } })).toBe(0)
  })
})

describe('by e-mailed code', () => {
  const digits = (n: number) => String(n % 1_000_000).padStart(6, '0')
  /** Asks as a browser does; what it then knows, and the code that came by mail. */
  async function asked(email: string, at = new Date()) {
    const request = newRequest()
    await sendSignInLink(nobody, { email, callbackUrl: '', request }, at)
    const mail = await prisma.mail.findFirst({ where: { to: email }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
    const contents = mail && openContents(mail)
    const code = contents?.template === 'sign-in' ? (contents.payload.code ?? '') : ''
    return { email, request, code }
  }
  const wrong = (code: string, by = 1) => digits(Number(code) + by)

  test('signs in once, verifies the address, and ends the link of the same mail', async () => {
    const { email, id } = await newUser()
    const typed = await asked(email)
    expect(typed.code).toMatch(/^\d{6}$/)
    const { link } = await mailedLink(email)
    expect(await signInByCode(nobody, typed, new Date())).toEqual({ id, email, sessionEpoch: 0 })
    expect((await prisma.user.findUniqueOrThrow({ where: { id } })).emailVerifiedAt).not.toBeNull()
    expect(await codeOf(signInByCode(nobody, typed, new Date()))).toBe('UNAUTHORIZED')
    expect(await codeOf(signInByLink(nobody, link, new Date()))).toBe('UNAUTHORIZED')
  })

  test('the link ends the code', async () => {
    const { email } = await newUser()
    const typed = await asked(email)
    await signInByLink(nobody, (await mailedLink(email)).link, new Date())
    expect(await codeOf(signInByCode(nobody, typed, new Date()))).toBe('UNAUTHORIZED')
  })

  test('of two at once one gets in', async () => {
    const { email } = await newUser()
    const typed = await asked(email)
    const answers = await Promise.all([1, 2, 3].map(() => codeOf(signInByCode(nobody, typed, new Date()))))
    expect(answers.sort()).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'ok'])
  })

  test('is worth nothing for another request, another address, or after its time', async () => {
    const [one, two] = [await newUser(), await newUser()]
    const typed = await asked(one.email)
    const other = await asked(two.email)
    expect(await codeOf(signInByCode(nobody, { ...typed, request: newRequest() }, new Date()))).toBe('UNAUTHORIZED')
    expect(await codeOf(signInByCode(nobody, { ...typed, email: two.email }, new Date()))).toBe('UNAUTHORIZED')
    expect(await codeOf(signInByCode(nobody, { ...typed, request: other.request }, new Date()))).toBe('UNAUTHORIZED')
    const later = new Date(Date.now() + 21 * 60_000)
    expect(await codeOf(signInByCode(nobody, typed, later))).toBe('UNAUTHORIZED')
    await signInByCode(nobody, typed, new Date())
  })

  test('five wrong ones end a code for good, however many are typed at once; the link goes on working', async () => {
    const { email } = await newUser()
    const typed = await asked(email)
    const guesses = Array.from({ length: 20 }, (_, i) => ({ ...typed, code: wrong(typed.code, i + 1) }))
    const codes = await Promise.all(guesses.map((guess) => codeOf(signInByCode(nobody, guess, new Date()))))
    expect(codes.filter((code) => code === 'UNAUTHORIZED')).toHaveLength(5)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(15)
    expect(await codeOf(signInByCode(nobody, typed, new Date()))).toBe('RATE_LIMITED')
    await signInByLink(nobody, (await mailedLink(email)).link, new Date())
  })

  test('asking for ever new codes, from ever new networks, does not make guessing worth while', async () => {
    const { email } = await newUser()
    let guesses = 0
    for (let mail = 0; mail < 6; mail++) {
      const typed = await asked(email)
      for (let i = 1; i <= 5; i++)
        if (
          (await codeOf(
            signInByCode(from(`198.18.${mail}.${i}`), { ...typed, code: wrong(typed.code, i) }, new Date()),
          )) === 'UNAUTHORIZED'
        )
          guesses++
    }
    expect(guesses).toBe(10)
  })

  test('one network that tries many people is slowed down', async () => {
    const here = from(`10.2.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`)
    const codes: string[] = []
    for (let i = 0; i < 30; i++)
      codes.push(
        await codeOf(signInByCode(here, { email: newAddress(), request: newRequest(), code: digits(i) }, new Date())),
      )
    expect(codes.filter((code) => code === 'UNAUTHORIZED')).toHaveLength(20)
  })

  test('an unknown address is answered with the same words, and nothing is made', async () => {
    const unknown = await asked(newAddress())
    const known = await asked((await newUser()).email)
    expect(unknown.code).toBe('')
    const words = (typed: typeof known) =>
      signInByCode(nobody, { ...typed, code: wrong(typed.code || '0') }, new Date()).catch(({ message }) => message)
    expect(await words(unknown)).toBe(await words(known))
    expect(await prisma.user.count({ where: { email: unknown.email } })).toBe(0)
  })
})
