// Software that has no key asks for one. What people do in the browser meanwhile is e2e/ui/approve-device.test.ts.
import { expect, test } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'

const start = (body: unknown, headers: Record<string, string> = {}) =>
  send({ path: '/api/license/device-code', body, headers })
const poll = (device_code: unknown) => send({ path: '/api/license/device-token', body: { device_code } })

test('a device is given two codes, an address to show, and polls with the names of RFC 8628', async () => {
  const shop = await makeOrganization()
  const { status, json, headers } = await start({ organization_id: shop.id, label: 'Studio iMac' })
  expect(status).toBe(200)
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['cache-control']).toBe('no-store')
  const { device_code, user_code, ...rest } = json
  expect(user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  expect(device_code).toMatch(/^[\w-]{43}$/)
  expect(rest).toEqual({
    ...{ expires_in: 600, interval: 5, verification_uri: expect.stringMatching(/\/activate$/) },
    verification_uri_complete: expect.stringMatching(new RegExp(`/activate\\?code=${user_code}$`)),
  })
  const first = await poll(device_code)
  expect([first.status, first.json]).toEqual([
    400,
    {
      ...{ error: 'authorization_pending', code: 'AUTHORIZATION_PENDING', interval: 5 },
      detail: 'Nobody has decided yet. Ask again after as many seconds as interval says.',
    },
  ])
  const soon = await poll(device_code)
  expect([soon.status, soon.json]).toMatchObject([400, { error: 'slow_down', code: 'SLOW_DOWN', interval: 10 }])
  await prisma.deviceRequest.updateMany({ where: { organizationId: shop.id }, data: { state: 'denied' } })
  expect((await poll(device_code)).json).toMatchObject({ error: 'access_denied', code: 'ACCESS_DENIED' })
})

test('every door answers the same to a request that is wrong', async () => {
  const shop = await makeOrganization()
  const asks: [string, unknown, number, string][] = [
    ['device-code', {}, 422, 'INVALID_INPUT'],
    ['device-code', { organization_id: shop.id }, 422, 'INVALID_INPUT'],
    ['device-code', { organization_id: 'none', label: 'x' }, 422, 'INVALID_INPUT'],
    ['device-code', { organization_id: newId(), label: 'x' }, 404, 'NOT_FOUND'],
    ['device-code', { organization_id: shop.id, label: 'x', product_id: newId() }, 404, 'NOT_FOUND'],
    ['device-token', {}, 422, 'INVALID_INPUT'],
    ['device-token', { device_code: 'nobody-was-given-this' }, 400, 'EXPIRED_TOKEN'],
    ['device-token', 'no JSON', 400, 'INVALID_JSON'],
  ]
  for (const [name, base] of doors)
    for (const [route, body, status, code] of asks) {
      const answer = await send({ base, path: `/api/license/${route}`, body })
      expect([answer.status, answer.json.code], `${name} ${route} ${JSON.stringify(body)}`).toEqual([status, code])
    }
  expect(await prisma.deviceRequest.count({ where: { organizationId: shop.id } })).toBe(0)
})
