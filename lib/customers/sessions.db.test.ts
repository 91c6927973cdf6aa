import { expect, test } from 'vitest'
import type { ApiClient } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { createCustomerSession, portalCustomerOf, purgeCustomerSessions } from './sessions.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function client(scopes: readonly ApiScope[] = apiScopes): Promise<ApiClient> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const apiKeyId = newId()
  await prisma.apiKey.create({
    data: {
      ...{ id: apiKeyId, organizationId, name: 'Site', scopes: [...scopes], createdBy: 'Test', lastCharacters: '1234' },
      tokenHash: new Uint8Array(Buffer.from(apiKeyId)),
    },
  })
  return { kind: 'api_key', apiKeyId, name: 'Site', organizationId, scopes }
}

const customer = ({ organizationId }: ApiClient, email: string, externalId: string | null = null) =>
  prisma.customer.create({ data: { organizationId, email, externalId } })

test('a session opens for an hour, and only what its token says', async () => {
  const me = await client()
  const ana = await customer(me, 'ana@customer.example', 'crm-1')
  const session = await createCustomerSession(me, { customerId: ana.id, externalId: null }, now)
  expect(session).toMatchObject({ expiresAt: later(60), organizationId: me.organizationId, customer: { id: ana.id } })
  const { organizationId } = me
  const owner = { kind: 'portal_customer', organizationId, customerId: ana.id, email: ana.email }
  expect(await portalCustomerOf(session.token, later(59))).toEqual(owner)
  expect(await portalCustomerOf(session.token, later(60))).toBeNull()
  for (const token of ['', `${session.token}x`, 'x'.repeat(10_000)])
    expect(await portalCustomerOf(token, now)).toBeNull()
  const stored = await prisma.customerSession.findUniqueOrThrow({ where: { id: session.id } })
  expect(JSON.stringify(stored)).not.toContain(session.token)

  const byTheirId = await createCustomerSession(me, { customerId: null, externalId: 'crm-1' }, later(30))
  expect(byTheirId.customer.id).toBe(ana.id)
  await purgeCustomerSessions(later(60))
  expect((await prisma.customerSession.findMany({ where: { organizationId } })).map(({ id }) => id)).toEqual([
    byTheirId.id,
  ])
})

test('a session ends with the API key that made it', async () => {
  const me = await client()
  const ana = await customer(me, 'ana@customer.example')
  const { token } = await createCustomerSession(me, { customerId: ana.id, externalId: null }, now)
  expect(await portalCustomerOf(token, now)).not.toBeNull()
  await prisma.apiKey.update({ where: { id: me.apiKeyId }, data: { revokedAt: now } })
  expect(await portalCustomerOf(token, now)).toBeNull()
})

test('nobody of another organization, nobody unknown, and not one of two', async () => {
  const [me, other] = [await client(), await client()]
  const theirs = await customer(other, 'ana@customer.example', 'crm-1')
  const missing = (field: string) => refusal('NOT_FOUND', field)
  for (const customerId of [theirs.id, newId(), 'x'])
    await expect(createCustomerSession(me, { customerId, externalId: null }, now)).rejects.toThrow(
      missing('customerId'),
    )
  const byTheirId = { customerId: null, externalId: 'crm-1' }
  await expect(createCustomerSession(me, byTheirId, now)).rejects.toThrow(missing('externalId'))
  await customer(me, 'ana@customer.example', 'crm-1')
  await customer(me, 'bea@customer.example', 'crm-1')
  await expect(createCustomerSession(me, byTheirId, now)).rejects.toThrow(refusal('CONFLICT', 'externalId'))
})

test('a program that may not read and change keys makes no session that may', async () => {
  for (const scopes of [
    ['customers:write'],
    ['license_keys:write', 'license_keys:reveal', 'customers:read'],
    ['license_keys:write', 'customers:write'],
  ] as ApiScope[][]) {
    const me = await client(scopes)
    const { id } = await customer(me, 'ana@customer.example')
    const asked = createCustomerSession(me, { customerId: id, externalId: null }, now)
    await expect(asked).rejects.toThrow(refusal('FORBIDDEN'))
  }
})
