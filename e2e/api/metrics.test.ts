import { expect, test } from '@playwright/test'
import { appUrl, send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { readMetrics, sampleOf } from '../prometheus.ts'

const token = process.env.METRICS_TOKEN
const read = async () => {
  const { status, headers, text } = await send({
    ...{ method: 'GET', path: '/api/metrics', base: appUrl },
    headers: { authorization: `Bearer ${token}` },
  })
  expect(status, text).toBe(200)
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readMetrics(text)
}

test('takes the token of the settings; without one there is no such address', async () => {
  for (const authorization of [undefined, 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, String(token)]) {
    const { status, text } = await send({
      ...{ method: 'GET', path: '/api/metrics', base: appUrl },
      headers: { ...(authorization && { authorization }) },
    })
    expect(status, authorization).toBe(401)
    expect(text).not.toContain('latchkey_')
  }
  // The other door is one of a server without the setting.
  const other = process.env.NEXT_URL
  expect(other).toBeDefined()
  const headers = { authorization: `Bearer ${token}` }
  const { status, text } = await send({ method: 'GET', path: '/api/metrics', base: other, headers })
  expect([status, text]).toEqual([404, ''])
  expect((await send({ method: 'POST', path: '/api/metrics', base: appUrl, headers })).status).toBe(405)
})

test('a strict reader understands it, and calls are counted by route and verdict', async () => {
  const shop = await makeOrganization()
  const { key, organization_id } = await shop.issue(await shop.configuration({ prefix: 'COUNT' }))
  const route = { route: 'POST /validate' }
  const before = await read()
  const ask = (body: object, path = '/api/license/validate') => send({ path, body, base: appUrl })
  await ask({ key, organization_id })
  await ask({ key, organization_id })
  await ask({ key: 'COUNT-NOBODY-HAS-THIS', organization_id })
  await ask({ key: 7 })
  await ask({ key, organization_id }, '/api/license/nothing')
  const after = await read()
  const more = (name: string, labels: Record<string, string>) =>
    (sampleOf(after, name, labels) ?? 0) - (sampleOf(before, name, labels) ?? 0)
  const calls = 'latchkey_license_calls_total'
  // Other tests ask this server, too.
  expect(more(calls, { ...route, verdict: 'VALID' })).toBeGreaterThanOrEqual(2)
  expect(more(calls, { ...route, verdict: 'NOT_FOUND' })).toBeGreaterThanOrEqual(1)
  expect(more(calls, { ...route, verdict: 'invalid_input' })).toBeGreaterThanOrEqual(1)
  expect(more(calls, { route: 'none', verdict: 'no_such_route' })).toBeGreaterThanOrEqual(1)
  expect(more('latchkey_license_call_duration_seconds_count', { verb: 'validate' })).toBeGreaterThanOrEqual(3)
  expect(more('latchkey_batch_calls_count', { kind: 'validate' })).toBeGreaterThanOrEqual(1)
  for (const name of [
    ...['latchkey_database_connections_in_use', 'latchkey_database_connections_waiting'],
    ...['latchkey_process_resident_memory_bytes', 'latchkey_event_loop_lag_p99_seconds'],
  ])
    expect(sampleOf(after, name), name).toEqual(expect.any(Number))
  for (const kind of ['store_deliveries', 'webhooks', 'mails', 'imports', 'reconciliations'])
    for (const what of ['waiting', 'running', 'failed', 'oldest_waiting_seconds'])
      expect(sampleOf(after, `latchkey_work_${what}`, { kind }), `${what} ${kind}`).toEqual(expect.any(Number))
  // Whose they are is nobody's business here.
  const text = JSON.stringify([...after.values()])
  for (const secret of [key, organization_id, shop.slug]) expect(text).not.toContain(secret)
})

test('ready says what waits, and not whose', async () => {
  const { json } = await send({ method: 'GET', path: '/api/ready', base: appUrl })
  const wait = { waiting: expect.any(Number), oldest_seconds: expect.any(Number) }
  expect(json.work).toEqual({
    ...{ store_deliveries: wait, webhooks: wait, mails: wait, imports: wait, reconciliations: wait },
    ...{ archives: wait, bulk_changes: wait },
  })
})
