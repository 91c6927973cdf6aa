import '#server-only'
import pino from 'pino'

/** Structured log on standard output. Never give it a key string, a password or a token. */
export const log = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: undefined,
  redact: ['password', 'key', 'token', '*.password', '*.key', '*.token', 'DATABASE_URL'],
})
