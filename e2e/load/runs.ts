// What is measured: one function per kind of load, all on loopback, all bounded in time.
import autocannon, { type Request, type Result } from 'autocannon'
import type { LoadKeys } from './keys.ts'

/** One measured run. Rates are requests per second, times are milliseconds. */
export type Run = {
  name: string
  connections: number
  keys: number
  rate: number
  p50: number
  p95: number
  p99: number
  errors: number
}

export type Load = 'validate' | 'activate+deactivate' | 'mixed'

type Context = { key?: string; activationId?: string }

const pick = <T>(items: T[]): T => items[Math.floor(Math.random() * items.length)] as T

/** The requests one connection sends, over and over. */
function requestsOf(load: Load, { organizationId, keys }: LoadKeys): Request[] {
  const send = (verb: string, body: (context: Context) => object): Request => ({
    method: 'POST',
    path: `/api/license/${verb}`,
    headers: { 'content-type': 'application/json' },
    setupRequest: (request, context) => ({
      ...request,
      body: JSON.stringify({ organization_id: organizationId, ...body(context as Context) }),
    }),
  })
  const validate = send('validate', () => ({ key: pick(keys) }))
  const activate: Request = {
    ...send('activate', (context) => {
      context.key = pick(keys)
      return { key: context.key, label: 'load' }
    }),
    onResponse: (_status, body, context) => {
      ;(context as Context).activationId = (JSON.parse(body) as { id: string }).id
    },
  }
  const deactivate = send('deactivate', ({ key, activationId }) => ({ key, activation_id: activationId }))
  if (load === 'validate') return [validate]
  if (load === 'activate+deactivate') return [activate, deactivate]
  return [...Array<Request>(9).fill(validate), activate, ...Array<Request>(9).fill(validate), deactivate]
}

/** Loads a server for some seconds after a second of warming up. */
export async function measure(
  name: string,
  target: { url: string; load: Load; connections: number; seconds: number; keys: LoadKeys; total: number },
): Promise<Run> {
  const { url, load, connections, seconds, keys, total } = target
  const times: number[] = []
  const go = (duration: number): Promise<Result> =>
    new Promise((resolve, reject) => {
      times.length = 0
      const instance = autocannon(
        { url, connections, duration, timeout: 10, requests: requestsOf(load, keys) },
        (error, result) => (error ? reject(error) : resolve(result)),
      )
      instance.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds))
    })
  await go(1)
  const { requests, errors, non2xx } = await go(seconds)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return {
    name,
    connections,
    keys: total,
    rate: requests.average,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    errors: errors + non2xx,
  }
}
