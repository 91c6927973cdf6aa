import { afterEach, expect, test, vi } from 'vitest'
import { loadEnvironment } from './environment.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('a demo that only this machine reaches may send webhooks to it; nothing else may, unless somebody says so', () => {
  const networksOf = (kind: 'production' | 'demo' | 'development', set: Record<string, string | undefined> = {}) => {
    vi.stubEnv('LATCHKEY_SECRET', 'a secret for this test alone, 7uJkQ2')
    for (const name of ['HOST', 'WEBHOOK_PRIVATE_NETWORKS']) vi.stubEnv(name, set[name])
    loadEnvironment(kind)
    return process.env.WEBHOOK_PRIVATE_NETWORKS
  }
  expect(networksOf('demo')).toBe('127.0.0.0/8, ::1/128')
  expect(networksOf('development')).toBe('127.0.0.0/8, ::1/128')
  expect(networksOf('demo', { HOST: '0.0.0.0' })).toBeUndefined()
  expect(networksOf('production', { HOST: '127.0.0.1' })).toBeUndefined()
  // What somebody set stays, also when it is nothing.
  expect(networksOf('demo', { WEBHOOK_PRIVATE_NETWORKS: '' })).toBe('')
  expect(networksOf('demo', { WEBHOOK_PRIVATE_NETWORKS: '10.0.0.0/8' })).toBe('10.0.0.0/8')
})

test('npm start is never a demo, whatever the environment says', () => {
  vi.stubEnv('LATCHKEY_SECRET', 'a secret for this test alone, 7uJkQ2')
  vi.stubEnv('LATCHKEY_DEMO', '1')
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  loadEnvironment('production')
  expect(process.env.LATCHKEY_DEMO).toBe('')
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('LATCHKEY_DEMO is ignored'))
  loadEnvironment('demo')
  expect(process.env.LATCHKEY_DEMO).toBe('1')
})
