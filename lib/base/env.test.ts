import { afterEach, describe, expect, test, vi } from 'vitest'

afterEach(() => vi.unstubAllEnvs())

async function opens(settings: Record<string, string>): Promise<boolean> {
  vi.resetModules()
  const usual = { DATABASE_URL: 'postgresql://localhost/none', LATCHKEY_SECRET: 'a secret for this test alone, 7uJkQ2' }
  for (const [name, value] of Object.entries({ ...usual, ...settings })) vi.stubEnv(name, value)
  const { outboxIsOpen } = await import('./env.ts')
  return outboxIsOpen()
}

describe('everybody’s mail is shown in a demo on this machine alone', () => {
  const demo = { LATCHKEY_DEMO: '1', HOST: '127.0.0.1', LATCHKEY_URL: 'http://localhost:3000' }
  test.each([
    ['the demo', demo, true],
    ['the demo over IPv6', { ...demo, HOST: '::1', LATCHKEY_URL: 'http://[::1]:3000' }, true],
    ['no demo', { ...demo, LATCHKEY_DEMO: '' }, false],
    ['a demo that listens to others', { ...demo, HOST: '0.0.0.0' }, false],
    ['a demo of which nobody knows where it listens', { ...demo, HOST: '' }, false],
    ['a demo behind a public address', { ...demo, LATCHKEY_URL: 'https://keys.example.com' }, false],
  ])('%s', async (_, settings, open) => expect(await opens(settings)).toBe(open))
})
