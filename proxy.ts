import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { isFromElsewhere, NONCE_HEADER, pageHeaders } from '#lib/http/page-safety.ts'

/** Gives every page its security headers, and Next the nonce to put on the page's scripts; turns away what another site sends. */
export function proxy(request: NextRequest) {
  const nonce = randomBytes(16).toString('base64')
  const safety = pageHeaders(nonce, process.env.LATCHKEY_URL ?? '', process.env.NODE_ENV === 'development')
  if (isFromElsewhere(request.method, (name) => request.headers.get(name)))
    return new NextResponse('This was sent from another site. Nothing was changed.', { status: 403, headers: safety })
  const headers = new Headers(request.headers)
  headers.set(NONCE_HEADER, nonce)
  // Next reads the nonce from here.
  headers.set('content-security-policy', safety['content-security-policy'] as string)
  const response = NextResponse.next({ request: { headers } })
  for (const [name, value] of Object.entries(safety)) response.headers.set(name, value)
  return response
}

// Answers below /api have headers of their own (lib/http/client.ts); files of the build run nothing by themselves.
export const config = { matcher: '/((?!api(?:/|$)|_next/static/|favicon.ico$|icon.svg$).*)' }
