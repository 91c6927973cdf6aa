import '#server-only'
import { type Outside, outside } from '../http/outside.ts'
import { type StoreApi, StoreApiRefusal, type StorePut, type StoreReader } from '../store-facts/reader.ts'

const TIMEOUT_MS = 20_000
const BYTES_MAX = 16 * 1_048_576

/**
 * Asks a store's API; null where there is none, or no credential for it. Some stores are wherever the merchant says: only what is on the
 * internet is asked.
 */
export function askOf(
  reader: StoreReader | undefined,
  mode: 'live' | 'test',
  credential: string | null,
  way: Outside = outside(),
): StoreApi | null {
  const api = reader?.api
  if (!api || !credential) return null
  const request = requestOf(api, mode, credential, way)
  return async (path) => {
    const answer = await request(path, { method: 'GET' })
    if (!answer.isWhole) throw new Error('The store’s answer is too long or broke off.')
    return JSON.parse(answer.body.toString('utf8'))
  }
}

/** Puts something to a store's API, as `askOf` asks it. */
export function putOf(
  reader: StoreReader | undefined,
  mode: 'live' | 'test',
  credential: string | null,
  way: Outside = outside(),
): StorePut | null {
  const api = reader?.api
  if (!api || !credential) return null
  const request = requestOf(api, mode, credential, way)
  return async (path, fields) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await request(path, { method: 'PUT', headers, body: new URLSearchParams(fields).toString() })
  }
}

type Api = NonNullable<StoreReader['api']>
type Sent = { method: 'GET' | 'PUT'; headers?: Record<string, string>; body?: string }

function requestOf(api: Api, mode: 'live' | 'test', credential: string, way: Outside) {
  const origin = api.origin(mode, credential)
  return async (path: string, { method, headers, body }: Sent) => {
    const url = new URL(/^https?:/.test(path) ? path : `${origin}${path}`)
    // An answer may name the next page, and no other host.
    if (url.origin !== new URL(origin).origin) throw new Error('The store’s API names another host.')
    const answer = await way.ask(url.href, {
      ...{ method, ...(body !== undefined && { body }) },
      headers: { accept: 'application/json', 'user-agent': 'Latchkey', ...api.headers(credential), ...headers },
      timeoutMs: TIMEOUT_MS,
      bytesMax: BYTES_MAX,
    })
    if (answer.status < 200 || answer.status > 299) throw new StoreApiRefusal(answer.status)
    return answer
  }
}
