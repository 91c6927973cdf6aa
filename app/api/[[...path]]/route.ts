import { REFUSED_PATH, UNKNOWN_METHOD_PATH } from '#lib/http/client.ts'
import { refuse } from '../refusals.ts'

export const dynamic = 'force-dynamic'

/** Whatever below /api no other route takes. */
function handle(request: Request): Response {
  const { pathname } = new URL(request.url)
  if (pathname === REFUSED_PATH) return refuse(400, 'BAD_REQUEST', 'The path can be read in more than one way.')
  if (pathname === UNKNOWN_METHOD_PATH) {
    const allow = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
    return refuse(405, 'METHOD_NOT_ALLOWED', 'No address here takes this method.', { allow })
  }
  return refuse(404, 'NOT_FOUND', 'There is no such address. The reference at /docs lists all of them.')
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
