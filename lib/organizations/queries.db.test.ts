import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { createApiKey, revokeApiKey } from './commands.ts'
import { apiClientOf, listApiKeys } from './queries.ts'
import { CreateApiKey } from './schema.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'owner'): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const userId = newId()
  const memberships = { create: { organizationId, role } }
  await prisma.user.create({ data: { id: userId, email: `${userId}@test.example`, memberships } })
  return { kind: 'merchant', userId, email: 'mara@test.example', name: 'Mara', organizationId, role }
}

const input = (over: object = {}) => CreateApiKey.parse({ name: 'CI', scopes: ['license_keys:write'], ...over })

test('a token opens its organization with its scopes, and only its hash is kept', async () => {
  const me = await merchant()
  const { apiKeyId, token } = await createApiKey(me, input(), now)
  expect(token).toMatch(/^latchkey_[\w-]{43}$/)
  expect(await apiClientOf(token, now)).toEqual({
    kind: 'api_key',
    apiKeyId,
    name: 'CI',
    organizationId: me.organizationId,
    scopes: ['license_keys:write'],
  })
  for (const other of [`${token}x`, token.slice(0, -1), token.toUpperCase(), '', 'x'.repeat(5_000)])
    expect(await apiClientOf(other, now), other).toBeNull()
  const row = await prisma.apiKey.findUniqueOrThrow({ where: { id: apiKeyId } })
  expect(JSON.stringify({ ...row, tokenHash: Buffer.from(row.tokenHash).toString('latin1') })).not.toContain(token)
  const [listed] = await listApiKeys(me, now)
  expect(listed).toMatchObject({ name: 'CI', createdBy: 'Mara', lastCharacters: token.slice(-4), void: null })
  expect(listed).not.toHaveProperty('tokenHash')
})

test('history keeps from where a key made something that the security log shows', async () => {
  const me = await merchant()
  const { token } = await createApiKey(me, input(), now)
  const client = await apiClientOf(token, now, { address: '203.0.113.4', userAgent: 'curl/8.5.0' })
  if (!client) throw new Error('unknown token')
  await prisma.$transaction((tx) =>
    record(tx, client, now, { type: 'license_key.revealed', organizationId: me.organizationId }),
  )
  const { organizationId } = me
  const event = await prisma.event.findFirstOrThrow({ where: { organizationId, type: 'license_key.revealed' } })
  expect(event).toMatchObject({ actorKind: 'api_key', address: '203.0.113.4', device: 'curl' })
})

test('its use is noted to the minute', async () => {
  const me = await merchant()
  const { apiKeyId, token } = await createApiKey(me, input(), now)
  const usedAfter = async (seconds: number) => {
    await apiClientOf(token, new Date(now.getTime() + seconds * 1_000))
    const { lastUsedAt } = await prisma.apiKey.findUniqueOrThrow({ where: { id: apiKeyId } })
    return lastUsedAt && (lastUsedAt.getTime() - now.getTime()) / 1_000
  }
  expect([await usedAfter(0), await usedAfter(59), await usedAfter(60)]).toEqual([0, 0, 60])
})

test('it works to the end of its last day, and is revoked once', async () => {
  const me = await merchant()
  await expect(createApiKey(me, input({ expiresOn: '2026-11-20' }), now)).rejects.toThrow(
    refusal('INVALID_INPUT', 'expiresOn'),
  )
  const { apiKeyId, token } = await createApiKey(me, input({ expiresOn: '2026-11-21' }), now)
  expect(await apiClientOf(token, new Date('2026-11-21T23:59:59.998Z'))).not.toBeNull()
  expect(await apiClientOf(token, new Date('2026-11-22T00:00:00.000Z'))).toBeNull()
  await revokeApiKey(me, { apiKeyId }, now)
  expect(await apiClientOf(token, now)).toBeNull()
  await revokeApiKey(me, { apiKeyId }, new Date(now.getTime() + 1_000))
  const [listed] = await listApiKeys(me, now)
  expect(listed).toMatchObject({ void: 'revoked', revokedAt: now })
  const types = await prisma.event.findMany({ where: { organizationId: me.organizationId }, orderBy: { id: 'asc' } })
  expect(types.map(({ type }) => type)).toEqual(['api_key.created', 'api_key.revoked'])
})

test('nobody else makes, sees or ends one', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const { apiKeyId, token } = await createApiKey(me, input(), now)
  await expect(revokeApiKey(other, { apiKeyId }, now)).rejects.toThrow(refusal('NOT_FOUND'))
  expect(await listApiKeys(other, now)).toEqual([])
  const program = await apiClientOf(token, now)
  if (!program) throw new Error('The token opens nothing.')
  for (const actor of [{ ...me, role: 'support' as const }, { ...me, role: 'viewer' as const }, program]) {
    await expect(createApiKey(actor, input(), now)).rejects.toThrow(refusal('FORBIDDEN'))
    await expect(revokeApiKey(actor, { apiKeyId }, now)).rejects.toThrow(refusal('FORBIDDEN'))
    await expect(listApiKeys(actor, now)).rejects.toThrow(refusal('FORBIDDEN'))
  }
})
