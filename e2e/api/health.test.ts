import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'

const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}

test('health tells the version and nothing else', async ({ request }) => {
  const response = await request.get('/api/health')
  expect(response.status()).toBe(200)
  expect(response.headers()['content-type']).toContain('application/json')
  expect(await response.json()).toEqual({ status: 'ok', version, uptimeSeconds: expect.any(Number) })
})

test('ready means that the database answers, is migrated and was made with our secret', async ({ request }) => {
  const response = await request.get('/api/ready')
  expect(response.status()).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ready', database: 'ok', migrations: 'ok', secret: 'ok' })
})
