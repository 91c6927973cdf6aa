import '#server-only'
import { readSettings, type Settings } from './settings.ts'

type Environment = Settings & { LATCHKEY_URL: string; LATCHKEY_SECRET: string; DATABASE_URL: string }

let parsed: Environment | undefined

/** The process environment, checked once; throws a sentence that names the setting at fault. */
export function env(): Environment {
  parsed ??= complete(readSettings(process.env))
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

function complete(settings: Settings): Environment {
  const { DATABASE_URL, LATCHKEY_SECRET, LATCHKEY_URL = `http://localhost:${settings.PORT}` } = settings
  if (!DATABASE_URL) throw new Error('DATABASE_URL is not set.')
  if (!LATCHKEY_SECRET) throw new Error('LATCHKEY_SECRET is not set.')
  return { ...settings, DATABASE_URL, LATCHKEY_SECRET, LATCHKEY_URL }
}
