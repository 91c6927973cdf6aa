import '#server-only'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { env } from '../env.ts'
import { isRefusal } from '../errors.ts'
import { log } from '../log.ts'
import { hashSecret } from '../secrets.ts'
import { signInByLink, signInByPassword, type Visitor } from './commands.ts'
import { PasswordSignIn, SignInLink } from './schema.ts'

/** Our server sets it to the address of the connection, or of the client behind a trusted proxy, and drops what callers send. */
export const ADDRESS_HEADER = 'x-latchkey-address'

const DAYS_30 = 30 * 24 * 60 * 60

let made: NextAuthOptions | undefined

/** How next-auth signs in here. Made at first use: building needs no environment. */
export function authOptions(): NextAuthOptions {
  made ??= makeOptions()
  return made
}

function makeOptions(): NextAuthOptions {
  // next-auth builds its own links from this variable and warns without it.
  process.env.NEXTAUTH_URL ??= env().LATCHKEY_URL
  return {
    secret: hashSecret('sign-in', 'session').toString('base64url'),
    session: { strategy: 'jwt', maxAge: DAYS_30 },
    useSecureCookies: env().LATCHKEY_URL.startsWith('https:'),
    pages: { signIn: '/login', signOut: '/login', error: '/login', verifyRequest: '/login/sent' },
    providers: [
      CredentialsProvider({
        id: 'password',
        name: 'Password',
        credentials: { email: {}, password: {} },
        authorize: (credentials, request) =>
          attempt(async () => signInByPassword(visitorOf(request.headers), PasswordSignIn.parse(credentials))),
      }),
      // A link by mail is a credential too: our own tokens need no adapter, and asking for one answers the same to everybody.
      CredentialsProvider({
        id: 'link',
        name: 'E-mail link',
        credentials: { email: {}, token: {} },
        authorize: (credentials, request) =>
          attempt(async () => signInByLink(visitorOf(request.headers), SignInLink.parse(credentials), new Date())),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { userId: user.id, sessionEpoch: user.sessionEpoch } : token),
      session: ({ session, token }) => ({ ...session, userId: token.userId, sessionEpoch: token.sessionEpoch }),
      redirect: ({ baseUrl }) => baseUrl,
    },
    logger: {
      // Anybody can send a spoilt cookie; that is not an error of ours.
      error: (code, details) => (code === 'JWT_SESSION_ERROR' ? undefined : log.error({ code, details }, 'next-auth')),
      warn: (code) => log.warn({ code }, 'next-auth'),
      debug: () => {},
    },
  }
}

/** Who knocks, as far as headers tell. */
export function visitorOf(headers: Record<string, unknown> | undefined): Visitor {
  const address = headers?.[ADDRESS_HEADER]
  return { kind: 'visitor', address: typeof address === 'string' && address ? address : null }
}

// next-auth shows the message of what is thrown here in a URL, so only sentences meant for people may pass.
async function attempt<T>(signIn: () => Promise<T>): Promise<T | null> {
  try {
    return await signIn()
  } catch (error) {
    if (isRefusal(error) && error.code === 'UNAUTHORIZED') return null
    if (isRefusal(error)) throw new Error(error.message)
    if (error instanceof Error && error.name === 'ZodError') return null
    log.error({ err: error }, 'sign-in failed')
    throw new Error('Something went wrong on our side. Please try again.')
  }
}
