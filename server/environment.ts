// What a process needs to know before it may import anything from lib/.
import { existsSync } from 'node:fs'
import { readSettings, type Settings, WrongSetting } from '#lib/base/settings.ts'
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
  settings: Settings
  /** The master secrets at hand. They are made or checked once the database is open (`prepareDatabase`). */
  secrets: SecretsFound
}

/** Where a demo that nobody else reaches may send webhooks to, so that whoever tries it can receive some: this machine. */
const THIS_MACHINE = '127.0.0.0/8, ::1/128'
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Which process started this one. */
const MARK = 'LATCHKEY_STARTED_BY'

/** Reads .env and the environment, fills in what is missing and writes it back to process.env. A master secret is never made here. */
export function loadEnvironment(kind: 'production' | 'demo' | 'development'): Environment {
  process.chdir(root)
  if (existsSync('.env')) process.loadEnvFile('.env') // does not change what is set already

  const settings = readable(process.env)
  const port = settings.PORT
  const host = settings.HOST ?? (kind === 'production' ? '0.0.0.0' : '127.0.0.1')
  const url = settings.LATCHKEY_URL ?? `http://localhost:${port}`
  // What a process of ours starts is what that one is; the mark is written below.
  const isDemo = kind !== 'production' || (settings.LATCHKEY_DEMO && process.env[MARK] === String(process.ppid))
  if (settings.LATCHKEY_DEMO && !isDemo)
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
    LATCHKEY_DEMO: isDemo ? '1' : '',
    [MARK]: String(process.pid),
  }
  // Others who reach it could have it ask what listens on this machine alone; and what somebody set stays, also when it is nothing.
  if (kind !== 'production' && isLoopback(host) && process.env.WEBHOOK_PRIVATE_NETWORKS === undefined)
    values.WEBHOOK_PRIVATE_NETWORKS = THIS_MACHINE
  const environment = {
    port,
    host,
    url,
    urlIsGiven: settings.LATCHKEY_URL !== undefined,
    databaseUrl: settings.DATABASE_URL,
    settings,
    secrets,
  }
  Object.assign(process.env, values)
  if (secrets.are === 'there') setSecrets(secrets)
  return environment
}

// The master secret has sentences of its own (secret.ts).
function readable(environment: NodeJS.ProcessEnv): Settings {
  try {
    return readSettings({ ...environment, LATCHKEY_SECRET: undefined })
  } catch (error) {
    throw error instanceof WrongSetting ? new Halt(error.message) : error
  }
}
