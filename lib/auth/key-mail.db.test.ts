import { describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Visitor } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { type KeyLink, keyLinkCode, keyLinkOf, signInByKeyMail } from './key-mail.ts'

const visitor: Visitor = { kind: 'visitor', address: null }
const days = (count: number) => new Date(Date.now() + count * 86_400_000)
const codeOf = (link: KeyLink, now = new Date()): Promise<string> =>
  signInByKeyMail(visitor, link, now).then(
    () => 'ok',
    (error) => error.code,
  )

async function mailed() {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration(), { sendMail: true })
  const { id } = await prisma.mail.findFirstOrThrow({ where: { to: key.customerEmail, template: 'license-key' } })
  return { shop, key, link: { mail: id, code: keyLinkCode(id) } }
}

describe('the link of a mail with a key', () => {
  test('signs its reader in once, of several at once one', async () => {
    const { key, link } = await mailed()
    expect(await keyLinkOf(visitor, link, new Date())).toEqual({
      ...{ to: key.customerEmail, licenseKeyId: key.id, isOpen: true },
    })
    expect((await Promise.all([codeOf(link), codeOf(link), codeOf(link)])).sort()).toEqual([
      ...['UNAUTHORIZED', 'UNAUTHORIZED', 'ok'],
    ])
    expect(await keyLinkOf(visitor, link, new Date())).toMatchObject({ isOpen: false })
    const user = await prisma.user.findUniqueOrThrow({ where: { email: key.customerEmail } })
    expect(user.emailVerifiedAt).not.toBeNull()
  })

  test('ends after a week', async () => {
    const { link } = await mailed()
    expect(await codeOf(link, days(7.1))).toBe('UNAUTHORIZED')
    expect(await codeOf(link, days(6.9))).toBe('ok')
  })

  test('is worth nothing with another code, for another mail, or for a mail of another kind', async () => {
    const { link } = await mailed()
    const other = await mailed()
    expect(await codeOf({ ...link, code: other.link.code })).toBe('UNAUTHORIZED')
    expect(await codeOf({ ...link, code: 'x'.repeat(64) })).toBe('UNAUTHORIZED')
    const unknown = newId()
    expect(await codeOf({ mail: unknown, code: keyLinkCode(unknown) })).toBe('UNAUTHORIZED')
    expect(await keyLinkOf(visitor, { ...link, code: other.link.code }, new Date())).toBeNull()
    await prisma.mail.update({ where: { id: link.mail }, data: { template: 'key-expired' } })
    expect(await codeOf(link)).toBe('UNAUTHORIZED')
    expect(await keyLinkOf(visitor, link, new Date())).toBeNull()
  })

  test('opens no dashboard and stands in for no password', async () => {
    const { shop, key, link } = await mailed()
    const user = await prisma.user.create({ data: { email: key.customerEmail } })
    await prisma.membership.create({ data: { organizationId: shop.id, userId: user.id, role: 'viewer' } })
    expect(await codeOf(link)).toBe('UNAUTHORIZED')
    await prisma.membership.deleteMany({ where: { userId: user.id } })
    await prisma.user.update({ where: { id: user.id }, data: { passwordHash: 'one' } })
    expect(await keyLinkOf(visitor, link, new Date())).toMatchObject({ isOpen: false })
    expect(await codeOf(link)).toBe('UNAUTHORIZED')
  })
})
