import { currentVisitor } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { stopReminders } from '#lib/mail-settings/reminders.ts'
import * as paths from '#lib/web/paths.ts'
import { refuse } from '../../refusals.ts'

export const dynamic = 'force-dynamic'

const linkOf = (request: Request) => {
  const { searchParams } = new URL(request.url)
  return { mail: searchParams.get('mail') ?? '', code: searchParams.get('code') ?? '' }
}

/** What a mail program posts when its reader wants no more reminders (RFC 8058): no question is asked, and nothing is read of the body. */
export async function POST(request: Request): Promise<Response> {
  const isStopped = await stopReminders(await currentVisitor(), linkOf(request), true, new Date())
  if (!isStopped) return refuse(404, 'NOT_FOUND', 'This link is of no reminder of ours.')
  return Response.json({ stopped: true }, { headers: { 'cache-control': 'no-store' } })
}

/** Whoever opens the address is asked first: programs that read mail open links too. */
export function GET(request: Request): Response {
  const page = new URL(paths.reminders(linkOf(request)), env().LATCHKEY_URL).href
  return new Response(null, { status: 303, headers: { location: page, 'cache-control': 'no-store' } })
}

const onlyPost = (): Response => refuse(405, 'METHOD_NOT_ALLOWED', 'Use POST.', { allow: 'GET, HEAD, POST' })

export { onlyPost as DELETE, onlyPost as OPTIONS, onlyPost as PATCH, onlyPost as PUT }
