import { expect, test } from 'vitest'
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
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const role = 'owner' as const
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'mara@test.example',
    name: 'Mara',
    organizationId,
    role,
  }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const as = async (scopes: readonly ApiScope[] = apiScopes) => {
    const { token } = await createApiKey(me, { name: 'CI', scopes: [...scopes], expiresOn: null }, new Date())
    return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await answer(
        new Request(`http://x.invalid/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      return { status: response.status, json: await response.json() }
    }
  }
  const send = await as()
  const configuration = await send('POST', '/key-configurations', { name: 'Team' })
  const issue = async () => {
    const order = { key_configuration_id: configuration.json.id, customer: { email: `${newId()}@buyer.example` } }
    return (await send('POST', '/license-keys', order)).json.id as string
  }
  const ids = [await issue(), await issue(), await issue()]
  return { as, send, ids, configurationId: configuration.json.id as string }
}

test('a program previews, starts, follows and takes back a bulk change', async () => {
  const { send, ids, configurationId } = await shop()
  await send('POST', `/license-keys/${ids[0]}/disable`)
  const what = { action: { type: 'disable' }, filter: { key_configuration_id: [configurationId] } }
  const preview = await send('POST', '/bulk-changes/preview', what)
  expect(preview).toMatchObject({
    status: 200,
    json: {
      total: 3,
      due: 2,
      customers: 2,
      stops: { license_keys: 2 },
      skipped: [{ reason: 'Disabled already', license_keys: 1 }],
    },
  })
  expect(await send('POST', '/bulk-changes', { ...what, expected: 2 })).toMatchObject({ status: 409 })
  const order = { ...what, expected: 3, reason: 'Leaked' }
  expect((await send('POST', '/bulk-changes?dry_run=true', order)).json).toMatchObject({ status: 'done', changed: 2 })
  expect((await send('GET', '/bulk-changes')).json.data).toEqual([])

  const headers = { 'idempotency-key': newId() }
  const started = await send('POST', '/bulk-changes', order, headers)
  expect(started).toMatchObject({
    status: 201,
    json: { status: 'done', title: '2 keys disabled', changed: 2, unchanged: 1, actor: 'API key CI', undoable: true },
  })
  expect((await send('POST', '/bulk-changes', order, headers)).json).toEqual(started.json)
  const { id } = started.json
  expect((await send('GET', '/bulk-changes')).json.data).toHaveLength(1)
  const keys = await send('GET', `/bulk-changes/${id}/license-keys?limit=2&sort=position`)
  expect(keys.json.data).toHaveLength(2)
  const rest = await send(
    'GET',
    `/bulk-changes/${id}/license-keys?limit=2&sort=position&cursor=${keys.json.next_cursor}`,
  )
  expect(rest.json).toMatchObject({ has_more: false, data: [{ license_key_id: ids[0], note: 'Disabled already' }] })
  expect((await send('POST', `/bulk-changes/${id}/undo`)).json).toMatchObject({ status: 'undone', undone: 2, left: 0 })
  expect((await send('POST', `/bulk-changes/${id}/undo`)).status).toBe(409)
  expect((await send('GET', `/license-keys/${ids[1]}`)).json.status).toBe('granted')
})

test('its keys are named or filtered, not both; scopes and organizations hold', async () => {
  const { as, send, ids } = await shop()
  const action = { type: 'limits', limit_activations: 0, limit_usage: 'configuration' }
  expect((await send('POST', '/bulk-changes', { action })).status).toBe(422)
  expect((await send('POST', '/bulk-changes', { action, filter: {}, license_key_ids: ids })).status).toBe(422)
  const done = await send('POST', '/bulk-changes', { action, license_key_ids: ids.slice(0, 1) })
  expect(done.json).toMatchObject({ changed: 1 })
  expect((await send('GET', `/license-keys/${ids[0]}`)).json.limit_activations).toBe(0)
  const reader = await as(['license_keys:read'])
  expect((await reader('GET', `/bulk-changes/${done.json.id}`)).status).toBe(200)
  for (const path of ['', '/preview', `/${done.json.id}/stop`, `/${done.json.id}/undo`])
    expect((await reader('POST', `/bulk-changes${path}`, { action, filter: {} })).status).toBe(403)
  const other = await shop()
  expect((await other.send('GET', `/bulk-changes/${done.json.id}`)).status).toBe(404)
  expect((await other.send('GET', `/bulk-changes/${done.json.id}/license-keys`)).status).toBe(404)
  expect((await other.send('POST', '/bulk-changes', { action, license_key_ids: ids })).status).toBe(404)
})
