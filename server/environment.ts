// What a process needs to know before it may import anything from lib/.
import { existsSync } from 'node:fs'
import { root } from './folders.ts'
import { Halt } from './lifecycle.ts'
import { findSecrets, type SecretsFound, setSecrets } from './secret.ts'

export { dataFolder, root } from './folders.ts'

export type Environment = {
  port: number
  host: string
  url: string
  urlIsGiven: boolean
  databaseUrl: string | undefined
  /** The master secrets at hand. They are made or checked once the database is open (`prepareDatabase`). */
  secrets: SecretsFound
}

const rates = ['PER_SECOND', 'BURST', 'PER_KEY', 'PER_KEY_BURST']
  .map((name) => `LICENSE_RATE_${name}`)
  .concat('LICENSE_GUESSES_PER_MINUTE', 'API_RATE_PER_MINUTE', 'PAGE_RATE_PER_SECOND', 'PAGE_RATE_BURST')

/** Reads .env and the environment, fills in what is missing and writes it back to process.env. A master secret is never made here. */
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
  if (kind === 'production' && given('LATCHKEY_DEMO'))
    console.warn('LATCHKEY_DEMO is ignored: only npm run demo shows the mail it writes.')
  const secrets = findSecrets()

  const values: Record<string, string> = {
    NODE_ENV: kind === 'development' ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: String(port),
    HOST: host,
    LATCHKEY_URL: url,
    NEXTAUTH_URL: url,
    // It shows everybody's mail, so nobody's settings can say it of a production server.
    LATCHKEY_DEMO: kind === 'production' ? '' : '1',
  }
  const environment = {
    port,
    host,
    url,
    urlIsGiven: given('LATCHKEY_URL') !== undefined,
    databaseUrl: given('DATABASE_URL'),
    secrets,
  }
  Object.assign(process.env, values)
  if (secrets.are === 'there') setSecrets(secrets)
  return environment
}
