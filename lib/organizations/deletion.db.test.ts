import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { ActivateCall, ValidateCall } from '../license-calls/schema.ts'
import { openContents } from '../mail/queries.ts'
import { askDeletion, deleteDueOrganizations, stopDeletion } from './deletion.ts'

const system = { kind: 'system', name: 'Test' } as const
const now = new Date('2026-11-30T12:00:00Z')
const days = (count: number) => new Date(now.getTime() + count * 86_400_000)

async function makeShop(name: string) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name } })
  const member = async (role: Role): Promise<Member> => {
    const email = `${newId()}@example.com`
    const { id: userId } = await prisma.user.create({ data: { email } })
    await prisma.membership.create({ data: { organizationId, userId, role } })
    return { kind: 'merchant', userId, email, name: null, organizationId, role }
  }
  const owner = await member('owner')
  const customerEmail = `${newId()}@example.com`
  const customer = await prisma.customer.create({ data: { organizationId, email: customerEmail } })
  await prisma.user.create({ data: { email: customerEmail } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Pro' } })
  const product = await prisma.product.create({ data: { organizationId, name: 'Pro' } })
  const purchase = await prisma.purchase.create({
    data: { organizationId, customerId: customer.id, productId: product.id, reference: newId(), purchasedAt: now },
  })
  const keyString = makeKeyString('uuid', 'TEST')
  const key = await prisma.licenseKey.create({
    data: {
      ...{ organizationId, customerId: customer.id, keyConfigurationId: configuration.id, productId: product.id },
      ...{ purchaseId: purchase.id, ...keyStringColumns(keyString, 'TEST') },
    },
  })
  await prisma.activation.create({ data: { organizationId, licenseKeyId: key.id, label: 'Laptop' } })
  await prisma.validationDay.create({ data: { licenseKeyId: key.id, day: now, valid: 1 } })
  await prisma.licenseCall.create({
    data: {
      ...{ id: newId(), organizationId, at: now, verb: 'validate', code: 'VALID', licenseKeyId: key.id },
      ...{ dialect: 'latchkey', durationUs: 1 },
    },
  })
  return { organizationId, owner, member, key, keyString, customerEmail }
}

/** Rows of an organization in every table that says whose its rows are. */
async function rowsOf(organizationId: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'organization_id'`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const { rows: found } = await pool.query(`SELECT count(*)::int AS n FROM "${name}" WHERE organization_id = $1`, [
      organizationId,
    ])
    if (found[0].n > 0) counts[name] = found[0].n
  }
  return counts
}

const newsTo = async (to: string) =>
  (await prisma.mail.findMany({ where: { to, template: 'account-news' }, orderBy: { id: 'asc' } }))
    .map((mail) => openContents(mail))
    .flatMap((mail) => (mail.template === 'account-news' ? mail.payload.news : []))

test('an owner types the name; all owners are told; for fourteen days it can be stopped', async () => {
  const shop = await makeShop('Fable Software')
  const other = await shop.member('owner')
  for (const role of ['admin', 'support', 'viewer'] as const)
    await expect(askDeletion(await shop.member(role), { name: 'Fable Software' }, now)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  await expect(askDeletion(shop.owner, { name: 'fable' }, now)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const { dueAt } = await askDeletion(shop.owner, { name: 'Fable Software' }, now)
  expect(dueAt).toEqual(days(14))
  // Asked again, the day stays.
  expect(await askDeletion(other, { name: 'Fable Software' }, days(3))).toEqual({ dueAt })
  await deleteDueOrganizations(system, days(13))
  expect(await prisma.licenseKey.count({ where: { organizationId: shop.organizationId } })).toBe(1)
  await stopDeletion(other, days(13))
  for (const { email } of [shop.owner, other])
    expect(await newsTo(email)).toEqual(['organization-deletion-asked', 'organization-deletion-stopped'])
  await deleteDueOrganizations(system, days(20))
  expect(await prisma.licenseKey.count({ where: { organizationId: shop.organizationId } })).toBe(1)
  const events = await prisma.event.findMany({ where: { organizationId: shop.organizationId }, orderBy: { at: 'asc' } })
  expect(events.map(({ type }) => type)).toEqual(['organization.deletion_asked', 'organization.deletion_stopped'])
})

test('while it waits for its end its keys go on working, new devices too; afterwards there are none', async () => {
  const shop = await makeShop('Waiting Software')
  await askDeletion(shop.owner, { name: 'Waiting Software' }, now)
  const software = { kind: 'software', address: '203.0.113.7' } as const
  const call = { key: shop.keyString, organization_id: shop.organizationId }
  const verdictOf = async (at: Date) => (await validate(software, ValidateCall.parse(call), at)).verdict
  for (const at of [now, days(7), days(14)]) expect(await verdictOf(at)).toMatchObject({ valid: true, code: 'VALID' })
  const device = ActivateCall.parse({ ...call, label: 'A new laptop', fingerprint: 'aa:bb' })
  expect(await activate(software, device, days(13))).toMatchObject({ verdict: { code: 'ACTIVATED' } })
  await deleteDueOrganizations(system, days(14))
  expect(await verdictOf(days(14))).toMatchObject({ valid: false, code: 'NOT_FOUND' })
  expect(await activate(software, device, days(14))).toMatchObject({ verdict: { code: 'NOT_FOUND' } })
})

test('then everything is gone, in every table, and nothing of anybody else', async () => {
  const [shop, neighbor] = [await makeShop('Gone Software'), await makeShop('Neighbor Software')]
  // A customer of both, and an owner of both, stay people here.
  await prisma.customer.create({ data: { organizationId: neighbor.organizationId, email: shop.customerEmail } })
  await prisma.membership.create({
    data: { organizationId: shop.organizationId, userId: neighbor.owner.userId, role: 'viewer' },
  })
  await askDeletion(shop.owner, { name: 'Gone Software' }, now)
  const before = await rowsOf(neighbor.organizationId)
  await expect(stopDeletion(shop.owner, days(14))).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await deleteDueOrganizations(system, days(14))).toBe(1)
  expect(await rowsOf(shop.organizationId)).toEqual({})
  expect(await prisma.organization.count({ where: { id: shop.organizationId } })).toBe(0)
  expect(await prisma.validationDay.count({ where: { licenseKeyId: shop.key.id } })).toBe(0)
  expect(await prisma.user.count({ where: { email: shop.owner.email } })).toBe(0)
  expect(await prisma.user.count({ where: { email: shop.customerEmail } })).toBe(1)
  expect(await prisma.user.count({ where: { id: neighbor.owner.userId } })).toBe(1)
  expect(await rowsOf(neighbor.organizationId)).toEqual(before)
  expect(await newsTo(shop.owner.email)).toEqual(['organization-deletion-asked', 'organization-deleted'])
})
