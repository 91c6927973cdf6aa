import NextAuth from 'next-auth'
import { authOptions } from '#lib/auth/options.ts'
import { isSignInProvider } from '#lib/auth/plain.ts'
import { comeFromProvider } from '#lib/auth/provider-sign-in.ts'

type Context = RouteContext<'/api/auth/[...nextauth]'>

// next-auth's browser half reports its errors here: anybody could fill the log with them, and nobody uses it.
const closed = new Set(['_log', 'error', 'verify-request'])

const notFound = () => Response.json({ error: 'NOT_FOUND' }, { status: 404 })

async function handle(request: Request, context: Context): Promise<Response> {
  const [action = '', provider] = (await context.params).nextauth
  if (closed.has(action)) return notFound()
  // Setting out for a provider is /login/with; here it only sends people back.
  if (isSignInProvider(provider))
    return (action === 'callback' && (await comeFromProvider(provider, request, context))) || notFound()
  return NextAuth(request as never, context as never, authOptions())
}

export { handle as GET, handle as POST }
