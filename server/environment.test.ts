import { afterEach, expect, test, vi } from 'vitest'
import { loadEnvironment } from './environment.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
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
