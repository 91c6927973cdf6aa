import { expect, test } from 'vitest'
import { readSettings, settings } from './settings.ts'

const message = (environment: Record<string, string>) => {
  try {
    readSettings(environment)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('an empty environment has every default', () => {
  expect(readSettings({})).toMatchObject({
    ...{ PORT: 3_000, DATABASE_POOL: 16, TRUST_PROXY: 0, WEB_CONCURRENCY: 1, LOG_LEVEL: 'info', LATCHKEY_DEMO: false },
    ...{
      LICENSE_RATE_PER_SECOND: 50,
      LICENSE_RATE_BURST: 200,
      LICENSE_GUESSES_PER_MINUTE: 30,
      DEVICE_CODES_PER_MINUTE: 30,
      API_RATE_PER_MINUTE: 600,
    },
    ...{
      LATCHKEY_URL: undefined,
      DATABASE_URL: undefined,
      PAGES_APART: undefined,
      MAIL_FROM: 'Latchkey <no-reply@localhost>',
    },
  })
  expect(Object.keys(readSettings({}))).toEqual(Object.keys(settings))
})

test('blanks around a value do not count, and a blank value is none', () => {
  expect(readSettings({ PORT: ' 8080 ', TRUST_PROXY: '', LATCHKEY_URL: 'https://keys.example.com/ ' })).toMatchObject({
    ...{ PORT: 8_080, TRUST_PROXY: 0, LATCHKEY_URL: 'https://keys.example.com' },
  })
})

test.each([
  ['PORT', ['0', '65536', '80x', '-1', '3e3', '0x50']],
  ['TRUST_PROXY', ['-1', 'yes', '1.5']],
  ['DATABASE_POOL', ['1', '201', 'many']],
  ['WEB_CONCURRENCY', ['0', '65', 'auto']],
  ['PAGES_APART', ['2', 'yes']],
  ['LICENSE_RATE_PER_KEY', ['0', '-1', 'none', '1000000000']],
  ['LATCHKEY_URL', ['keys.example.com', 'ftp://keys.example.com', 'https://']],
])('%s that cannot be read is named, with what it must be', (name, values) => {
  for (const value of values)
    expect(message({ [name]: value })).toBe(
      `${name} is "${value}": it must ${settings[name as keyof typeof settings].must}.`,
    )
})

test('a secret is never printed', () => {
  expect(message({ REDIS_URL: 'hunter2@redis' })).toBe(
    'REDIS_URL must be an address like redis://user:password@host:6379.',
  )
  expect(message({ LATCHKEY_SECRET: 'short' })).toBe('LATCHKEY_SECRET must have at least 32 characters.')
})
