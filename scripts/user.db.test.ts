import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { signInByPassword } from '#lib/auth/commands.ts'
import { hashPassword } from '#lib/auth/passwords.ts'
import { linkIsOpen } from '#lib/auth/queries.ts'
import { prisma } from '#lib/database/client.ts'

const script = path.join(import.meta.dirname, 'user.ts')

function user(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    input,
    maxBuffer: 2 ** 26,
  })
  return { status, stdout, stderr }
}

async function makeMember() {
  const email = `${randomUUID()}@example.com`
  const slug = randomUUID()
  const member = await prisma.user.create({
    data: { email, name: 'Mira', passwordHash: await hashPassword('correct horse') },
  })
  await prisma.organization.create({
    data: { name: slug, slug, memberships: { create: { userId: member.id, role: 'owner' } } },
  })
  const now = new Date()
  await prisma.session.create({ data: { userId: member.id, createdAt: now, lastSeenAt: now } })
  return { email, slug, id: member.id }
}

const signIn = (email: string, password: string) =>
  signInByPassword({ kind: 'visitor', address: null }, { email, password })

test('the members are listed, and a lost password is replaced by a link that signs in once', async () => {
  const { email, slug, id } = await makeMember()
  const { status, stdout } = user(['list'])
  expect(status).toBe(0)
  expect(stdout).toMatch(new RegExp(`^${email} +Mira +${slug} \\(owner\\) +last seen `, 'm'))

  const reset = user(['reset-password', email.toUpperCase()])
  expect(reset).toMatchObject({ status: 0, stderr: '' })
  const url = new URL(/^http\S+/m.exec(stripVTControlCharacters(reset.stdout))?.[0] ?? '')
  const link = { email, token: url.searchParams.get('token') ?? '' }
  expect(await linkIsOpen(link, new Date())).toBe(true)
  expect(url.searchParams.get('callbackUrl')).toBe('/account')
  expect(await prisma.session.count({ where: { userId: id } })).toBe(0)
  await expect(signIn(email, 'correct horse')).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
}, 60_000)

test('a list of any length is printed whole before the program ends', async () => {
  const { email, id } = await makeMember()
  const name = 'x'.repeat(3000)
  const emails = Array.from({ length: 100 }, () => `${randomUUID()}@example.com`)
  const { organizationId } = await prisma.membership.findFirstOrThrow({ where: { userId: id } })
  await prisma.user.createMany({ data: emails.map((address) => ({ email: address, name })) })
  const people = await prisma.user.findMany({ where: { email: { in: emails } }, select: { id: true } })
  await prisma.membership.createMany({
    data: people.map((person) => ({ organizationId, userId: person.id, role: 'viewer' as const })),
  })
  const { status, stdout } = user(['list'])
  expect(status).toBe(0)
  for (const address of [email, ...emails]) expect(stdout).toContain(address)
}, 60_000)

test('a new password can be given on standard input; one that is too short changes nothing', async () => {
  const { email, id } = await makeMember()
  expect(user(['reset-password', email, '--password'], 'short\n')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Use at least 10 characters.'),
  })
  await signIn(email, 'correct horse')
  const reset = user(['reset-password', email, '--password'], 'a new long password\n')
  expect(reset.status).toBe(0)
  expect(reset.stdout).not.toContain('a new long password')
  await signIn(email, 'a new long password')
  expect(await prisma.session.count({ where: { userId: id } })).toBe(0)
}, 60_000)

test('what is wrong is said in a sentence', () => {
  expect(user(['reset-password', 'nobody@example.com'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Nobody has an account with nobody@example.com.'),
  })
  expect(user(['reset-password', 'not an address']).status).toBe(1)
  expect(user(['forget-everything'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('npm run user -- list'),
  })
}, 60_000)
