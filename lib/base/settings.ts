import { z } from 'zod'
import { type Network, networkOf } from './networks.ts'

// Every setting of the environment, in one table: a start, each process and docs/running.md read this one.

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((number) => number >= min && number <= max)

const rate = (perDefault: number) => ({
  shape: whole(1, 999_999_999).default(perDefault),
  must: 'be a whole number, 1 or more',
})

const text = z.string().optional()

const webAddress = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))

/** How each setting is read, and how the sentence ends that a start says when it cannot be. `isSecret`: its value is never printed. */
export const settings = {
  LATCHKEY_URL: {
    shape: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    must: 'be the address people use, like https://keys.example.com',
  },
  LATCHKEY_SECRET: { shape: z.string().min(32).optional(), must: 'have at least 32 characters', isSecret: true },
  LATCHKEY_SECRET_FILE: { shape: text, must: '' },
  LATCHKEY_SECRET_PREVIOUS: { shape: text, must: '', isSecret: true },
  DATABASE_URL: { shape: text, must: '', isSecret: true },
  DATABASE_POOL: { shape: whole(2, 200).default(16), must: 'be a number of connections, from 2 to 200' },
  PORT: { shape: whole(1, 65_535).default(3_000), must: 'be a number from 1 to 65535' },
  HOST: { shape: text, must: '' },
  TRUST_PROXY: {
    shape: whole(0, 999_999_999).default(0),
    must: 'be the number of proxies in front of Latchkey, like 1',
  },
  SMTP_URL: { shape: text, must: '', isSecret: true },
  MAIL_FROM: { shape: z.string().default('Latchkey <no-reply@localhost>'), must: '' },
  WEB_CONCURRENCY: { shape: whole(1, 64).default(1), must: 'be a number of processes, from 1 to 64' },
  PAGES_APART: { shape: z.enum(['0', '1']).optional(), must: 'be 1 (pages in a process of their own) or 0 (not)' },
  LATCHKEY_ROLE: { shape: text, must: '' },
  LATCHKEY_DEMO: { shape: z.stringbool().default(false), must: 'be 1 or 0' },
  LOG_LEVEL: { shape: z.string().default('info'), must: '' },
  LICENSE_RATE_PER_SECOND: rate(50),
  LICENSE_RATE_BURST: rate(200),
  LICENSE_RATE_PER_KEY: rate(50),
  LICENSE_RATE_PER_KEY_BURST: rate(200),
  API_RATE_PER_MINUTE: rate(600),
  LICENSE_GUESSES_PER_MINUTE: rate(30),
  DEVICE_CODES_PER_MINUTE: rate(30),
  PAGE_RATE_PER_SECOND: rate(50),
  PAGE_RATE_BURST: rate(200),
  WEBHOOK_PRIVATE_NETWORKS: {
    shape: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .filter((each) => each.trim())
          .map(networkOf),
      )
      .refine((networks): networks is Network[] => !networks.includes(null)),
    must: 'be networks with commas between them, like 10.0.0.0/8, 127.0.0.1',
  },
  WEBHOOK_KEPT_DAYS: { shape: whole(1, 3_650).default(30), must: 'be a number of days, from 1 to 3650' },
  NEW_ORGANIZATIONS: {
    shape: z.enum(['nobody', 'members', 'anyone']).default('nobody'),
    must: 'be nobody, members or anyone',
  },
  METRICS_TOKEN: {
    shape: z.string().min(16).optional(),
    must: 'have at least 16 characters',
    isSecret: true,
  },
  SIGN_IN_GITHUB_ID: { shape: text, must: '' },
  SIGN_IN_GITHUB_SECRET: { shape: text, must: '', isSecret: true },
  SIGN_IN_GITHUB_URL: {
    shape: webAddress.default('https://github.com'),
    must: 'be the address of GitHub, or of a GitHub Enterprise Server like https://github.example.com',
  },
  SIGN_IN_GOOGLE_ID: { shape: text, must: '' },
  SIGN_IN_GOOGLE_SECRET: { shape: text, must: '', isSecret: true },
  SIGN_IN_OIDC_ISSUER: {
    shape: webAddress.optional(),
    must: 'be the address of an OpenID Connect provider, like https://login.example.com',
  },
  SIGN_IN_OIDC_ID: { shape: text, must: '' },
  SIGN_IN_OIDC_SECRET: { shape: text, must: '', isSecret: true },
  SIGN_IN_OIDC_NAME: { shape: z.string().max(40).default('single sign-on'), must: 'have at most 40 characters' },
  REDIS_URL: {
    shape: z.url({ protocol: /^rediss?$/ }).optional(),
    must: 'be an address like redis://user:password@host:6379',
    isSecret: true,
  },
} satisfies Record<string, { shape: z.ZodType; must: string; isSecret?: true }>

export type SettingName = keyof typeof settings
export type Settings = { [Name in SettingName]: z.infer<(typeof settings)[Name]['shape']> }

/** A setting that cannot be read; the message is a sentence that names it and says what it must be. */
export class WrongSetting extends Error {}

/** The settings of an environment. Blanks around a value do not count, and a blank value is none. Throws WrongSetting. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const values = Object.entries(settings).map(([name, setting]) => {
    const given = environment[name]?.trim() || undefined
    const read = setting.shape.safeParse(given)
    if (read.success) return [name, read.data]
    const shown = 'isSecret' in setting ? '' : ` is "${given}": it`
    throw new WrongSetting(`${name}${shown} must ${setting.must}.`)
  })
  const read = Object.fromEntries(values) as Settings
  for (const names of together) {
    const missing = names.find((name) => !read[name])
    if (missing && names.some((name) => read[name]))
      throw new WrongSetting(`${missing} must be set, too: signing in takes ${names.join(' and ')}.`)
  }
  return read
}

// What works only with the others of its line.
const together = [
  ['SIGN_IN_GITHUB_ID', 'SIGN_IN_GITHUB_SECRET'],
  ['SIGN_IN_GOOGLE_ID', 'SIGN_IN_GOOGLE_SECRET'],
  ['SIGN_IN_OIDC_ISSUER', 'SIGN_IN_OIDC_ID', 'SIGN_IN_OIDC_SECRET'],
] as const satisfies SettingName[][]
