import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { whyDropped, writeMail } from '../mailer/message.ts'
import { connectStore, setStoreCredential, setStoreSecret, switchStore } from './commands.ts'
import { answerStore } from './intake.ts'
import { ACCESS_REFUSED } from './rules.ts'
import { tellTroubles } from './tell-troubles.ts'

const system = { kind: 'system', name: 'Latchkey' } as const
const start = new Date('2026-11-30T12:00:00Z')
const after = (hours: number) => new Date(start.getTime() + hours * HOUR_MS)

async function shop(mode: 'live' | 'test' = 'live') {
  const own = await makeOrganization()
  const { connectionId, token } = await connectStore(own.merchant, { store: 'creem', mode, name: 'Creem' }, start)
  await setStoreSecret(own.merchant, { connectionId, secret: 'whsec_of_creem' }, start)
  return {
    ...{ ...own, connectionId },
    /** A request that is signed with another secret. */
    refuse: (at: Date) =>
      answerStore(
        {
          ...{ method: 'POST', path: `/creem/${token}`, query: '', address: null },
          header: (name) => (name === 'creem-signature' ? '0'.repeat(64) : null),
          body: async () => Buffer.from('{}'),
        },
        at,
      ),
    hear: (at: Date) =>
      prisma.storeConnection.update({
        where: { id: connectionId },
        data: { firstDeliveryAt: at, lastDeliveryAt: at, refusedSince: null },
      }),
    fail: (at: Date) =>
      prisma.storeDelivery.create({
        data: {
          ...{ connectionId, key: newId(), type: 'refund.created', content: Buffer.from(''), state: 'failed' },
          ...{ receivedAt: at, dueAt: at, failureToldAt: at },
        },
      }),
    tell: async (at: Date) => {
      const where = { organizationId: own.id, template: 'store-trouble' }
      const before = await prisma.mail.count({ where })
      await tellTroubles(system, at, connectionId)
      return (await prisma.mail.count({ where })) - before
    },
  }
}

test('owners are mailed when nothing but what is refused has come for an hour: once, again after a day and a week, no more', async () => {
  const { refuse, tell } = await shop()
  expect((await refuse(start)).status).toBe(401)
  expect(await tell(after(0.9))).toBe(0)
  await refuse(after(0.5))
  expect(await tell(after(1))).toBe(1)
  expect(await tell(after(24.9))).toBe(0)
  expect(await tell(after(25))).toBe(1)
  await refuse(after(150))
  expect(await tell(after(192))).toBe(0)
  expect(await tell(after(193))).toBe(1)
  await refuse(after(300))
  expect(await tell(after(450))).toBe(0)
})

test('none is sent once it is over, and when it begins again the next comes a day after the last at the earliest', async () => {
  const { refuse, hear, tell } = await shop()
  await refuse(start)
  expect(await tell(after(1))).toBe(1)
  await hear(after(2))
  expect(await tell(after(26))).toBe(0)
  await refuse(after(27))
  expect(await tell(after(28))).toBe(1)
  await hear(after(29))
  expect(await tell(after(30))).toBe(0)
  await refuse(after(31))
  expect(await tell(after(33))).toBe(0)
  expect(await tell(after(52))).toBe(1)
})

test('a new secret is given its time', async () => {
  const { merchant, connectionId, refuse, tell } = await shop()
  await refuse(start)
  await setStoreSecret(merchant, { connectionId, secret: 'whsec_another' }, after(0.5))
  expect(await tell(after(2))).toBe(0)
  await refuse(after(2))
  expect(await tell(after(3))).toBe(1)
})

test('each trouble has its own mail: API access, deliveries that were given up, silence', async () => {
  const { merchant, connectionId, hear, fail, tell } = await shop()
  await hear(start)
  await setStoreCredential(merchant, { connectionId, credential: 'creem_key_1' }, start)
  const problem = (accessProblem: string) =>
    prisma.storeConnection.update({ where: { id: connectionId }, data: { accessProblem, accessTriedAt: start } })
  await problem('The store answered 500.')
  expect(await tell(after(1))).toBe(0)
  await problem(ACCESS_REFUSED)
  expect(await tell(after(1))).toBe(1)
  await setStoreCredential(merchant, { connectionId, credential: 'creem_key_2' }, after(2))
  expect(await tell(after(30))).toBe(0)

  const failed = await fail(after(31))
  expect(await tell(after(32))).toBe(1)
  await prisma.storeDelivery.update({ where: { id: failed.id }, data: { state: 'done' } })
  expect(await tell(after(57))).toBe(0)

  expect(await tell(after(31 * 24))).toBe(1)
  const mails = await prisma.storeTrouble.findMany({ where: { connectionId }, orderBy: { trouble: 'asc' } })
  expect(mails.map(({ trouble, overAt }) => [trouble, overAt !== null])).toEqual([
    ...[
      ['access', true],
      ['failing', true],
    ],
    ['silent', false],
  ])
})

test('two processes that look at the same time send one mail', async () => {
  const { refuse, connectionId, id, member } = await shop()
  await member('admin')
  await refuse(start)
  await Promise.all(Array.from({ length: 5 }, () => tellTroubles(system, after(1), connectionId)))
  expect(await prisma.mail.count({ where: { organizationId: id, template: 'store-trouble' } })).toBe(1)
})

test('nobody is mailed about a store for tests, or one that is switched off', async () => {
  const tests = await shop('test')
  await tests.refuse(start)
  expect(await tests.tell(after(2))).toBe(0)
  const off = await shop()
  await off.refuse(start)
  await switchStore(off.merchant, { connectionId: off.connectionId, off: true }, after(1))
  expect(await off.tell(after(2))).toBe(0)
})

test('an owner reads it in their language, and not at all when it is over before it is sent', async () => {
  const { id, email, slug, connectionId, refuse, hear, tell } = await shop()
  await refuse(start)
  await tell(after(1))
  const payload = { organizationId: id, connectionId, trouble: 'refused', since: start.toISOString() } as const
  const contents = { template: 'store-trouble', payload } as const
  const english = await writeMail(contents, email, newId())
  expect(english.subject).toBe('What Creem sends is refused · Fable Software')
  expect(english.text).toContain('Whoever buys meanwhile gets no key.')
  expect(english.text).toContain(`/dashboard/${slug}/settings/stores/${connectionId}`)
  await prisma.user.update({ where: { email }, data: { language: 'de' } })
  expect((await writeMail(contents, email, newId())).subject).toBe('Was Creem sendet, wird abgewiesen · Fable Software')
  expect(await whyDropped({ contents, to: email, organizationId: id }, after(1))).toBeNull()
  await hear(after(2))
  await tell(after(3))
  expect(await whyDropped({ contents, to: email, organizationId: id }, after(3))).toContain('was over')
})
