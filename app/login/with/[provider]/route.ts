import { redirect } from 'next/navigation'
import { isSignInProvider } from '#lib/auth/plain.ts'
import { beginAtProvider } from '#lib/auth/provider-sign-in.ts'
import { safePath } from '#lib/auth/rules.ts'
import { isRefusal } from '#lib/base/errors.ts'
import * as paths from '#lib/web/paths.ts'

/** Sends the browser to a provider. A link, and no form: policies of pages would keep a form from leading to other hosts. */
export async function GET(request: Request, context: RouteContext<'/login/with/[provider]'>): Promise<Response> {
  const { provider } = await context.params
  if (!isSignInProvider(provider)) return gone()
  // Another site must not begin a sign-in for somebody.
  if (request.headers.get('sec-fetch-site') === 'cross-site') redirect(paths.login())
  const query = new URL(request.url).searchParams
  const to = await beginAtProvider(provider, {
    callbackUrl: safePath(query.get('callbackUrl')) ?? paths.start(),
    isLink: query.get('link') === '1',
  }).catch((error) => {
    if (isRefusal(error)) return paths.login({ error: 'slow' })
    throw error
  })
  if (!to) return gone()
  return new Response(null, { status: 303, headers: { location: to, 'cache-control': 'no-store' } })
}

const gone = () => new Response('There is no such way to sign in here.\n', { status: 404 })
