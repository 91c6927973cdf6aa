import '#server-only'
import { z } from 'zod'

const Rate = z.coerce.number().int().min(1)

const Environment = z.object({
  DATABASE_URL: z.string().min(1, 'DATABASE_URL is not set'),
  LATCHKEY_URL: z.url().default('http://localhost:3000'),
  LATCHKEY_SECRET: z.string().min(32, 'LATCHKEY_SECRET must have at least 32 characters'),
  LATCHKEY_DEMO: z.stringbool().default(false),
  HOST: z.string().optional(),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().default('Latchkey <no-reply@localhost>'),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(16),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  LICENSE_RATE_PER_SECOND: Rate.default(50),
  LICENSE_RATE_BURST: Rate.default(200),
  LICENSE_RATE_PER_KEY: Rate.default(50),
  LICENSE_RATE_PER_KEY_BURST: Rate.default(200),
  LICENSE_GUESSES_PER_MINUTE: Rate.default(30),
  API_RATE_PER_MINUTE: Rate.default(600),
  PAGE_RATE_PER_SECOND: Rate.default(50),
  PAGE_RATE_BURST: Rate.default(200),
})

export type Environment = z.infer<typeof Environment>

let parsed: Environment | undefined

/** The process environment, checked once; throws a sentence that names the variable at fault. */
export function env(): Environment {
  if (parsed) return parsed
  const result = Environment.safeParse(withoutEmpty(process.env))
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment is not complete. ${problems.join('; ')}`)
  }
  parsed = result.data
  return parsed
}

/** True where mail leaves the house; without SMTP it waits in the database. */
export const mailIsConfigured = () => Boolean(env().SMTP_URL)

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1']

/** Whether everybody's mail may be read at /outbox: it opens every account, so only in a demo that nobody else can reach. */
export function outboxIsOpen(): boolean {
  const { LATCHKEY_DEMO, HOST, LATCHKEY_URL } = env()
  return LATCHKEY_DEMO && LOOPBACK.includes(HOST ?? '') && LOOPBACK.includes(new URL(LATCHKEY_URL).hostname)
}

function withoutEmpty(values: NodeJS.ProcessEnv) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
