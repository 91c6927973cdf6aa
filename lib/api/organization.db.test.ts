import { expect, test, vi } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { forNext } from '../http/for-next.ts'
import { createApiKey } from '../organizations/commands.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({
    data: { id: organizationId, slug: organizationId, name: 'Test', supportEmail: 'help@test.example' },
  })
  const email = `${newId()}@shop.example`
  const me: Member = { kind: 'merchant', userId: newId(), email, name: 'Mara', organizationId, role: 'owner' }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const as = async (scopes: readonly ApiScope[]) => {
    const { token } = await createApiKey(me, { name: 'CI', scopes: [...scopes], expiresOn: null }, new Date())
    return async (method: string, body?: unknown, headers: Record<string, string> = {}, query = '') => {
      const response = await answer(
        new Request(`http://x.invalid/api/v1/organization${query}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      return { status: response.status, etag: response.headers.get('etag') as string, json: await response.json() }
    }
  }
  const changes = async () =>
    (
      await prisma.event.findMany({
        where: { organizationId, type: 'organization.updated' },
        select: { data: true, actorLabel: true },
        orderBy: { id: 'asc' },
      })
    ).map(({ data, actorLabel }) => [actorLabel, (data as { changes: string[] }).changes])
  return { as, send: await as(['organization:write']), changes, organizationId }
}

test('settings are changed one by one, and the history says how', async () => {
  const { send, changes } = await shop()
  const zone = await send('PATCH', { time_zone: ' Europe/Berlin ' })
  expect(zone.json).toMatchObject({ name: 'Test', time_zone: 'Europe/Berlin', support_email: 'help@test.example' })
  const rest = { name: ' New name ', support_email: null, website_url: 'https://shop.example/help?x=1' }
  expect((await send('PATCH', rest)).json).toMatchObject({ ...rest, name: 'New name', time_zone: 'Europe/Berlin' })
  expect((await send('PATCH', { name: 'New name', website_url: rest.website_url })).status).toBe(200)
  expect((await send('PATCH', {})).json).toEqual((await send('GET')).json)
  expect((await send('PATCH', { support_email: 'Hello@Shop.example', website_url: null })).json).toMatchObject({
    support_email: 'hello@shop.example',
    website_url: null,
  })
  expect(await changes()).toEqual([
    ['API key CI', ['Time zone: UTC → Europe/Berlin']],
    [
      'API key CI',
      [
        'Name: Test → New name',
        'Support address: help@test.example → none',
        'Website: none → https://shop.example/help?x=1',
      ],
    ],
    ['API key CI', ['Support address: none → hello@shop.example', 'Website: https://shop.example/help?x=1 → none']],
  ])
})

test.each([
  ['time_zone', ['Europe/Nowhere', '+01:00', '', null, 'a\u0000b']],
  ['name', ['', ' ', 'a\nb', 'x'.repeat(81), null, '\u200b']],
  ['support_email', ['', 'nobody', 'a@b']],
  [
    'website_url',
    ['', 'shop.example', 'javascript:alert(1)', 'ftp://x.example', 'https://', 'https://a/\u0000', 'https://a b'],
  ],
  ['slug', ['other']],
  ['security_log_months', [1]],
] as [string, unknown[]][])('%s is refused when it is none, and nothing changes', async (field, values) => {
  const { send, changes } = await shop()
  for (const value of values) {
    const refused = await send('PATCH', { time_zone: 'Asia/Tokyo', [field]: value })
    expect([refused.status, refused.json.code], JSON.stringify(value)).toEqual([422, 'INVALID_INPUT'])
  }
  expect((await send('GET')).json.time_zone).toBe('UTC')
  expect(await changes()).toEqual([])
})

test('reading takes no scope, changing takes its own', async () => {
  const { as } = await shop()
  const other = await as(apiScopes.filter((scope) => scope !== 'organization:write'))
  expect((await other('GET')).status).toBe(200)
  const refused = await other('PATCH', { time_zone: 'Asia/Tokyo' })
  expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('organization:write')])
})

test('on condition that nobody changed it meanwhile; of many at once one is carried out', async () => {
  const { send, changes, organizationId } = await shop()
  const { etag } = await send('GET')
  expect(etag).toMatch(/^".+"$/)
  const zones = ['Europe/Berlin', 'Asia/Tokyo', 'America/New_York']
  // All of them are on their way before the first one may go on.
  const { sent } = await prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR UPDATE`
      const sent = zones.map((zone) => send('PATCH', { time_zone: zone }, { 'if-match': etag }))
      await vi.waitFor(async () => {
        const [{ waiting } = { waiting: 0 }] = await prisma.$queryRaw<{ waiting: number }[]>`
          SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock' AND query LIKE 'SELECT 1 FROM organizations %'`
        expect(waiting).toBe(zones.length)
      }, 10_000)
      return { sent }
    },
    { timeout: 20_000 },
  )
  const all = await Promise.all(sent)
  expect(all.map(({ status }) => status).sort()).toEqual([200, 412, 412])
  const won = all.find(({ status }) => status === 200)
  expect(await changes()).toHaveLength(1)
  expect((await send('GET')).etag).toBe(won?.etag)
  expect((await send('PATCH', { name: 'Other' }, { 'if-match': won?.etag as string })).status).toBe(200)
})

test('a dry run tells and changes nothing; a repeated request changes once', async () => {
  const { send, changes } = await shop()
  expect((await send('PATCH', { name: 'Dry' }, {}, '?dry_run=true')).json.name).toBe('Dry')
  expect((await send('GET')).json.name).toBe('Test')
  const again = { 'idempotency-key': 'one' }
  const first = await send('PATCH', { name: 'A' }, again)
  await send('PATCH', { name: 'B' })
  expect(await send('PATCH', { name: 'A' }, again)).toEqual(first)
  expect([(await send('GET')).json.name, (await changes()).length]).toEqual(['B', 2])
})

test('nothing of another organization changes', async () => {
  const [mine, theirs] = [await shop(), await shop()]
  await mine.send('PATCH', { name: 'Mine' })
  expect((await theirs.send('GET')).json.name).toBe('Test')
})
