import type { IncomingMessage } from 'node:http'
import { isApi, isKnownMethod, readTarget } from '#lib/http/client.ts'
import { belowLicense } from './door.ts'
import { badRequest, type Refused } from './refusals.ts'

/** Brings a request into the one form that whatever stands behind this door expects; says what is wrong when there is none. */
export function tidy(request: IncomingMessage): Refused | undefined {
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0')
    return { status: 505, error: 'HTTP_VERSION_NOT_SUPPORTED', detail: 'This server speaks HTTP/1.1.' }
  if (hostsOf(request.rawHeaders) > 1) return badRequest('There is more than one Host header.')
  if (!request.headers.host) {
    // HTTP/1.0 knows no Host header, and simple health checks still speak it.
    if (request.httpVersion !== '1.0') return badRequest('The Host header is missing.')
    request.rawHeaders.push('host', 'localhost')
    request.headers.host = 'localhost'
  }
  const target = readTarget(request.url ?? '')
  if ('problem' in target) return badRequest(target.problem)
  request.url = target.url
  if (isApi(target.url) && belowLicense(target.url) === null && !isKnownMethod(request.method))
    return { status: 405, error: 'METHOD_NOT_ALLOWED', detail: `No address here takes ${request.method}.` }
}

function hostsOf(rawHeaders: string[]): number {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts++
  return hosts
}
