import NextAuth from 'next-auth'
import { authOptions } from '#lib/auth/options.ts'

type Context = RouteContext<'/api/auth/[...nextauth]'>

// next-auth's browser half reports its errors here: anybody could fill the log with them, and nobody uses it.
const closed = new Set(['_log', 'error', 'verify-request'])

async function handle(request: Request, context: Context): Promise<Response> {
  const [action = ''] = (await context.params).nextauth
  if (closed.has(action)) return Response.json({ error: 'NOT_FOUND' }, { status: 404 })
  return NextAuth(request as never, context as never, authOptions())
}

export { handle as GET, handle as POST }
