import type { NextRequest } from 'next/server'
import { currentUser, merchantIfOpen } from '#lib/auth/session.ts'
import { openStream } from '#lib/live/stream.ts'
import { onlyGet, refuse } from '../../refusals.ts'
import { wishOf } from './wish.ts'

export const dynamic = 'force-dynamic'

/** What a page is told while somebody looks at it: server-sent events, for members. */
export async function GET(request: NextRequest, { params }: RouteContext<'/api/live/[organization]'>) {
  const [{ organization }, user] = await Promise.all([params, currentUser()])
  if (!user) return refuse(401, 'UNAUTHORIZED', 'Sign in first.')
  const member = await merchantIfOpen(user, organization)
  if (!member) return refuse(404, 'NOT_FOUND', 'There is no such organization.')
  const stream = openStream(member, user.sessionId, wishOf(request.nextUrl.searchParams, request.headers))
  if (!stream) return refuse(429, 'RATE_LIMITED', 'Too many pages are open.', { 'retry-after': '30' })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // Whatever stands between passes on each message at once, and packs nothing.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
