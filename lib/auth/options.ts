import '#server-only'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import type { Visitor } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { isRefusal } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { ADDRESS_HEADER } from '../http/client.ts'
import { hashSecret } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'
import { type Identity, signInByCode, signInByLink, signInByPassword } from './commands.ts'
import { KeyLink, signInByKeyMail } from './key-mail.ts'
import { KNOWN_COOKIE } from './known-browser.ts'
import { signInByPasskey } from './passkeys.ts'
import { sessionIsOpen } from './queries.ts'
import { deviceInWords, sessionDays } from './rules.ts'
import { PasskeySignIn, PasswordSignIn, SignInCode, SignInLink } from './schema.ts'
import { endSession, openSession } from './sessions.ts'

// The cookie may outlive its session: whether that is over is asked of the database at every request.
const LONGEST = Math.max(...Object.values(sessionDays).map(({ longest }) => longest)) * 24 * 60 * 60

/** What session cookies are sealed with: derived from the master secret, in no variable of its own. */
export const sessionSecret = (): string => hashSecret('sign-in', 'session').toString('base64url')

/** Cookies that only travel over TLS, where there is TLS. */
export const secureCookies = (): boolean => env().LATCHKEY_URL.startsWith('https:')

let made: NextAuthOptions | undefined

/** How next-auth signs in here. Made at first use: building needs no environment. */
export function authOptions(): NextAuthOptions {
  const secret = sessionSecret()
  // Replacing the master secret ends all sessions.
  if (made?.secret !== secret) made = makeOptions(secret)
  return made
}

function makeOptions(secret: string): NextAuthOptions {
  // next-auth builds its own links from this variable and warns without it.
  process.env.NEXTAUTH_URL ??= env().LATCHKEY_URL
  return {
    secret,
    session: { strategy: 'jwt', maxAge: LONGEST },
    useSecureCookies: secureCookies(),
    pages: { signIn: paths.login(), signOut: paths.login(), error: paths.login(), verifyRequest: paths.linkSent() },
    providers: [
      CredentialsProvider({
        id: 'password',
        name: 'Password',
        credentials: { email: {}, password: {} },
        authorize: (credentials, request) =>
          attempt(visitorOf(request.headers), 'password', (visitor) =>
            signInByPassword(visitor, PasswordSignIn.parse(credentials)),
          ),
      }),
      // A link by mail is a credential too: our own tokens need no adapter, and asking for one answers the same to everybody.
      CredentialsProvider({
        id: 'link',
        name: 'E-mail link',
        credentials: { email: {}, token: {} },
        authorize: (credentials, request) =>
          attempt(visitorOf(request.headers), 'link', (visitor) =>
            signInByLink(visitor, SignInLink.parse(credentials), new Date()),
          ),
      }),
      CredentialsProvider({
        id: 'code',
        name: 'E-mail code',
        credentials: { email: {}, request: {}, code: {} },
        authorize: (credentials, request) =>
          attempt(visitorOf(request.headers), 'mailed code', (visitor) =>
            signInByCode(visitor, SignInCode.parse(credentials), new Date()),
          ),
      }),
      CredentialsProvider({
        id: 'key-mail',
        name: 'Mail with a key',
        credentials: { mail: {}, code: {} },
        authorize: (credentials, request) =>
          attempt(visitorOf(request.headers), 'key-mail', (visitor) =>
            signInByKeyMail(visitor, KeyLink.parse(credentials), new Date()),
          ),
      }),
      CredentialsProvider({
        id: 'passkey',
        name: 'Passkey',
        credentials: { response: {} },
        authorize: (credentials, request) =>
          attempt(visitorOf(request.headers), 'passkey', (visitor) =>
            signInByPasskey(visitor, PasskeySignIn.parse(credentials).response, new Date()),
          ),
      }),
    ],
    callbacks: {
      jwt: async ({ token, user }) => {
        if (user) return { userId: user.id, sessionId: user.sessionId }
        // next-auth renews the cookie with what is returned here; of a session that is over, nothing is left.
        if (!(await sessionIsOpen(token, new Date()))) throw new Error('This session is over.')
        return token
      },
      session: ({ session, token }) => ({ ...session, userId: token.userId, sessionId: token.sessionId }),
      redirect: ({ baseUrl }) => baseUrl,
    },
    events: {
      signOut: async ({ token }) => {
        if (token) await endSession({ userId: token.userId, sessionId: token.sessionId }, new Date())
      },
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
  const header = (name: string) => {
    const value = headers?.[name]
    return typeof value === 'string' && value ? value : null
  }
  return {
    kind: 'visitor',
    address: header(ADDRESS_HEADER),
    device: deviceInWords(header('user-agent')),
    known: new RegExp(`(?:^|; *)${KNOWN_COOKIE}=([^;]*)`).exec(header('cookie') ?? '')?.[1] ?? null,
  }
}

// next-auth shows the message of what is thrown here in a URL, so only sentences meant for people may pass.
async function attempt(
  visitor: Visitor,
  how: 'password' | 'link' | 'mailed code' | 'key-mail' | 'passkey',
  signIn: (visitor: Visitor) => Promise<Identity>,
) {
  try {
    const identity = await signIn(visitor)
    return { id: identity.id, sessionId: await openSession(visitor, identity, identity.how ?? how, new Date()) }
  } catch (error) {
    if (isRefusal(error) && error.code === 'UNAUTHORIZED') return null
    // Other languages need the time itself (sign-in.ts).
    if (isRefusal(error)) throw new Error(error.message + ('waitMs' in error ? `#${error.waitMs}` : ''))
    if (error instanceof Error && error.name === 'ZodError') return null
    log.error({ err: error }, 'sign-in failed')
    throw new Error('Something went wrong on our side. Please try again.')
  }
}
