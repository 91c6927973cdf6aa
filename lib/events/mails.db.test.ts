import { expect, test } from 'vitest'
import { sendSignInLink } from '../auth/commands.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { updateCustomer } from '../customers/change.ts'
import { createCustomer } from '../customers/commands.ts'
import { mergeCustomers, transferLicenseKey } from '../customers/hand-over.ts'
import { prisma } from '../database/client.ts'
import { resendKeyMail } from '../license-keys/commands.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { openContents } from '../mail/queries.ts'
import { inviteMember, resendInvitation } from '../organizations/members.ts'
import { createPurchase } from '../purchases/commands.ts'

// Every mail there is, from the command that somebody gives to the row that is sent.

const now = new Date('2026-11-21T12:00:00.000Z')

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Fable' } })
  const email = `${organizationId}@test.example`
  const { id: userId } = await prisma.user.create({ data: { email, name: 'Mara' } })
  await prisma.membership.create({ data: { organizationId, userId, role: 'owner' } })
  const me: Member = { kind: 'merchant', userId, email, name: 'Mara', organizationId, role: 'owner' }
  const product = await prisma.product.create({
    data: {
      ...{ organizationId, name: 'Suite' },
      keyConfigurations: { create: { keyConfiguration: { create: { organizationId, name: 'Standard' } } } },
    },
  })
  const buy = (buyer: string, quantity: number, sendMail: boolean) =>
    createPurchase(
      me,
      {
        ...{ productId: product.id, customer: { email: buyer, name: '' }, kind: 'one_time', quantity, sendMail },
        ...{ reference: newId(), purchasedAt: null },
      },
      now,
    )
  const add = async (who: string) =>
    (await createCustomer(me, { email: who, name: null, externalId: null }, now)).customerId
  const idOf = async (who: string) =>
    (await prisma.customer.findFirstOrThrow({ where: { organizationId, email: who } })).id
  /** What `act` put into the queue, in the order it was written. */
  const mailsOf = async (act: () => Promise<unknown>) => {
    const own = { OR: [{ organizationId }, { to: email }] }
    const before = await prisma.mail.findMany({ where: own, select: { id: true } })
    await act()
    const rows = await prisma.mail.findMany({
      where: { ...own, id: { notIn: before.map(({ id }) => id) } },
      orderBy: { id: 'asc' },
    })
    return rows.map((row) => {
      expect(row).toMatchObject({ status: 'waiting', attempts: 0, lastError: null, sentAt: null })
      expect([row.createdAt, row.dueAt]).toEqual([now, now])
      const { payload } = openContents(row)
      return [row.template, row.to, row.organizationId, row.licenseKeyId, payload]
    })
  }
  return { me, organizationId, buy, add, idOf, mailsOf }
}

test('a key is mailed to whoever bought it, if that is wanted, again when asked for, and when it has another string', async () => {
  const { organizationId, buy, me, mailsOf } = await shop()
  let ids: string[] = []
  const hana = 'hana@novak.example'
  let purchaseId = ''
  const issue = async (quantity: number, sendMail: boolean) => {
    const bought = await buy(hana, quantity, sendMail)
    ids = bought.licenseKeyIds
    purchaseId = bought.purchaseId
  }
  const rows = () =>
    ids.map((licenseKeyId) => ['license-key', hana, organizationId, licenseKeyId, { licenseKeyId }]).sort()
  expect(await mailsOf(() => issue(1, false))).toEqual([])
  expect(await mailsOf(() => issue(1, true))).toEqual(rows())
  // Several of a purchase come together.
  const together = await mailsOf(() => issue(7, true))
  const [first = ''] = ids
  expect(together).toEqual([['license-keys', hana, organizationId, null, { purchaseId, licenseKeyIds: ids }]])
  const row = (template: string, more = {}) => [
    [template, hana, organizationId, first, { licenseKeyId: first, ...more }],
  ]
  expect(await mailsOf(() => resendKeyMail(me, { licenseKeyId: first }, now))).toEqual(
    row('license-key', { again: true }),
  )
  const rotate = { licenseKeyId: first, overlapHours: 0 }
  expect(await mailsOf(() => rotateLicenseKey(me, rotate, now))).toEqual([])
  expect(await mailsOf(() => rotateLicenseKey(me, { ...rotate, sendMail: true }, now))).toEqual(row('key-replaced'))
})

test('whose keys move is told, and so is whoever has them now; of their neighbors only the outlines', async () => {
  const { me, organizationId, buy, add, idOf, mailsOf } = await shop()
  const [hana, ines, theo] = ['hana@novak.example', 'ines@bergmann.example', 'theo@lind.example']
  const row = (template: string, to: string, payload: object) => [template, to, organizationId, null, payload]

  const lonely = await add(theo)
  expect(await mailsOf(() => updateCustomer(me, { customerId: lonely, email: 'theo@b.example' }, now))).toEqual([])
  const into = await add(ines)
  const merge = (customerId: string) => mailsOf(() => mergeCustomers(me, { customerId, intoId: into }, now))
  expect(await merge(lonely), 'nothing was theirs').toEqual([])

  const { licenseKeyIds } = await buy(hana, 1, false)
  const [licenseKeyId = ''] = licenseKeyIds
  expect(await mailsOf(() => transferLicenseKey(me, { licenseKeyId, to: { id: into } }, now))).toEqual([
    row('keys-moved', hana, { organizationId, direction: 'away', product: 'Suite', address: 'in…@bergmann.example' }),
    row('keys-moved', ines, { organizationId, direction: 'here', product: 'Suite', address: 'ha…@novak.example' }),
  ])
  expect(await mailsOf(() => transferLicenseKey(me, { licenseKeyId, to: { id: into } }, now))).toEqual([])
  expect(await merge(await idOf(hana)), 'a purchase, but no key').toEqual([
    row('address-changed', hana, { organizationId, address: 'in…@bergmann.example' }),
  ])

  await buy(theo, 2, false)
  const customerId = await idOf(theo)
  expect(await mailsOf(() => updateCustomer(me, { customerId, name: 'Theo' }, now))).toEqual([])
  expect(await mailsOf(() => updateCustomer(me, { customerId, email: 'theo@new.example' }, now))).toEqual([
    row('address-changed', theo, { organizationId, address: 'th…@new.example' }),
    row('address-changed', 'theo@new.example', { organizationId, side: 'new', address: 'th…@lind.example' }),
  ])
  expect(await merge(customerId)).toEqual([
    row('address-changed', 'theo@new.example', { organizationId, address: 'in…@bergmann.example' }),
    row('keys-moved', ines, { organizationId, direction: 'here', product: null, address: 'th…@new.example' }),
  ])
})

test('invitations and sign-in links carry what opens them', async () => {
  const { me, organizationId, mailsOf } = await shop()
  const email = `${newId()}@example.com`
  const invitation = [
    ...['invitation', email, organizationId, null],
    { url: expect.stringMatching(/\/login\/invitation\?token=[\w-]{43}$/), organization: 'Fable', invitedBy: 'Mara' },
  ]
  expect(await mailsOf(() => inviteMember(me, { email, role: 'viewer' }, now))).toEqual([invitation])
  const { id: invitationId } = await prisma.invitation.findFirstOrThrow({ where: { organizationId } })
  expect(await mailsOf(() => resendInvitation(me, { invitationId }, now))).toEqual([invitation])

  const link = { email: me.email, callbackUrl: '' }
  expect(await mailsOf(() => sendSignInLink({ kind: 'visitor', address: null }, link, now))).toEqual([
    ['sign-in', me.email, null, null, { url: expect.stringMatching(/\/login\/link\?email=.*&token=[\w-]{43}$/) }],
  ])
})
