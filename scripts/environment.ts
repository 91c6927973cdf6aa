// What a process needs to know before it may import anything from lib/.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Halt } from './lifecycle.ts'

/** The project folder; scripts may be started from anywhere. */
export const root = path.resolve(import.meta.dirname, '..')

/** What this installation keeps: the secret, the embedded database, the demo's log-ins. */
export const dataFolder = path.join(root, '.data')

export type Environment = {
  port: number
  host: string
  url: string
  urlIsGiven: boolean
  databaseUrl: string | undefined
}

const rates = ['PER_SECOND', 'BURST', 'PER_KEY', 'PER_KEY_BURST']
  .map((name) => `LICENSE_RATE_${name}`)
  .concat('LICENSE_GUESSES_PER_MINUTE', 'API_RATE_PER_MINUTE')

/** Reads .env and the environment, fills in what is missing and writes it back to process.env. */
export function loadEnvironment(kind: 'production' | 'demo' | 'development'): Environment {
  process.chdir(root)
  if (existsSync('.env')) process.loadEnvFile('.env') // does not change what is set already

  const given = (name: string) => process.env[name]?.trim() || undefined
  const port = Number(given('PORT') ?? 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Halt(`PORT is "${process.env.PORT}": it must be a number from 1 to 65535.`)
  const host = given('HOST') ?? (kind === 'production' ? '0.0.0.0' : '127.0.0.1')
  const url = (given('LATCHKEY_URL') ?? `http://localhost:${port}`).replace(/\/+$/, '')
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Halt(`LATCHKEY_URL is "${url}": it must be the address people use, like https://keys.example.com`)
  const proxies = given('TRUST_PROXY')
  if (proxies && !/^\d+$/.test(proxies))
    throw new Halt(`TRUST_PROXY is "${proxies}": it must be the number of proxies in front of Latchkey, like 1.`)
  for (const name of rates) {
    const rate = given(name)
    if (rate && !/^[1-9]\d{0,8}$/.test(rate))
      throw new Halt(`${name} is "${rate}": it must be a whole number, 1 or more.`)
  }
  const redis = given('REDIS_URL')
  if (redis && !(/^rediss?:/.test(redis) && URL.canParse(redis)))
    throw new Halt('REDIS_URL is not an address: it should look like redis://user:password@host:6379')
  const secret = masterSecret(given('LATCHKEY_SECRET'))

  const values: Record<string, string> = {
    NODE_ENV: kind === 'development' ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(port),
    HOST: host,
    LATCHKEY_URL: url,
    LATCHKEY_SECRET: secret,
    NEXTAUTH_URL: url,
    ...(kind !== 'production' && { LATCHKEY_DEMO: '1' }),
  }
  const environment = {
    port,
    host,
    url,
    urlIsGiven: given('LATCHKEY_URL') !== undefined,
    databaseUrl: given('DATABASE_URL'),
  }
  Object.assign(process.env, values)
  return environment
}

/** The secret every other one derives from: yours, or one made here once. */
function masterSecret(given: string | undefined): string {
  if (given && given.length < 32)
    throw new Halt(
      'LATCHKEY_SECRET is too short: it needs at least 32 characters, for example from: openssl rand -base64 32',
    )
  if (given) return given
  const file = path.join(dataFolder, 'secret')
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true })
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
    console.log('Made a master secret: .data/secret. Back it up; without it no stored license key can be read again.')
  }
  return readFileSync(file, 'utf8').trim()
}
