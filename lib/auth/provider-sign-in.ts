import '#server-only'
import { cookies } from 'next/headers'
import NextAuth, { type NextAuthOptions } from 'next-auth'
import type { Visitor } from '../base/actor.ts'
import { isRefusal } from '../base/errors.ts'
import { log } from '../base/log.ts'
import * as paths from '../web/paths.ts'
import { assertMayAdd } from './adding-ways.ts'
import { countToken } from './commands.ts'
import { linkSignIn, ProviderRefusal, signInByProvider } from './linked-sign-ins.ts'
import { isLinking, LINKING_COOKIE, LINKING_SECONDS, linkingCookie } from './linking.ts'
import { authOptions, secureCookies } from './options.ts'
import type { ProviderProblem, SignInProvider } from './plain.ts'
import { logProviderError, type Proven, provenOf, providerConfig } from './providers.ts'
import { emailOfOpen } from './queries.ts'
import { safePath } from './rules.ts'
import { currentUser, currentVisitor, type SignedIn, sessionToken } from './session.ts'
import { endSession, openSession } from './sessions.ts'
import { askNextAuth, rememberThisBrowser } from './sign-in.ts'

/** What came of it, told to whoever waits for next-auth's answer. */
type Outcome = { opened?: { userId: string; sessionId: string } }

/** next-auth as it answers one request about a provider. */
function optionsFor(provider: SignInProvider, come: (proven: Proven) => Promise<ComeOutcome>): NextAuthOptions | null {
  const config = providerConfig(provider)
  if (!config) return null
  const base = authOptions()
  return {
    ...base,
    providers: [config],
    callbacks: {
      ...base.callbacks,
      signIn: async ({ user }) => {
        const proven = provenOf(user)
        const outcome = proven ? await come(proven) : paths.login({ error: 'failed' })
        if (typeof outcome === 'string') return outcome
        Object.assign(user, { id: outcome.userId, sessionId: outcome.sessionId })
        return true
      },
      redirect: ({ url, baseUrl }) => {
        const { pathname, search } = new URL(url, baseUrl)
        return new URL(safePath(pathname + search) ?? '/', baseUrl).href
      },
    },
    logger: { ...base.logger, error: logProviderError },
  }
}

/** A session, or the page that says why there is none. */
type ComeOutcome = { userId: string; sessionId: string } | string

/** Sets out for a provider; the answer is its address. Null when there is no such provider here. */
export async function beginAtProvider(
  provider: SignInProvider,
  { callbackUrl, isLink }: { callbackUrl: string; isLink: boolean },
): Promise<string | null> {
  const options = optionsFor(provider, () => Promise.resolve(paths.login({ error: 'failed' })))
  if (!options) return null
  const takeBack = await countToken(await currentVisitor())
  const jar = await cookies()
  // Whoever left the page of a provider, and signs in now, does not link it.
  if (!isLink) jar.delete(LINKING_COOKIE)
  const { redirect, cookies: given } = await askNextAuth(['signin', provider], { callbackUrl }, options)
  if (!redirect || redirect.startsWith(`${process.env.NEXTAUTH_URL}/`)) return paths.login({ error: 'failed' })
  // Its own checks (state, nonce, PKCE) wait in cookies until the provider sends the browser back.
  for (const { name, value, expires } of given.filter(({ name }) => !name.includes('session-token')))
    jar.set(name, value, {
      ...(expires.getTime() > 0 && { expires }),
      ...{ path: '/', httpOnly: true, sameSite: 'lax', secure: secureCookies() },
    })
  await takeBack()
  return redirect
}

/** Notes that this session sets out to link a provider; whoever does has just proved who they are. */
export async function beginLinking(provider: SignInProvider, { sessionId }: { sessionId: string }, now: Date) {
  const value = linkingCookie(provider, sessionId, now)
  const options = { path: '/', maxAge: LINKING_SECONDS, httpOnly: true, sameSite: 'lax' } as const
  ;(await cookies()).set(LINKING_COOKIE, value, { ...options, secure: secureCookies() })
}

/** A provider has sent somebody back: signs them in, or links it to the account they are signed in to. Null when there is no such provider. */
export async function comeFromProvider(
  provider: SignInProvider,
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response | null> {
  const visitor = await currentVisitor()
  const [before, jar, now] = [await sessionToken(), await cookies(), new Date()]
  const user = await currentUser()
  const linking = user && isLinking(jar.get(LINKING_COOKIE)?.value, provider, user.sessionId, now) ? user : null
  const outcome: Outcome = {}
  const options = optionsFor(provider, (proven) => come(proven, linking, visitor, outcome, now))
  if (!options) return null
  const takeBack = await countToken(visitor).catch((error) => {
    if (isRefusal(error)) return null
    throw error
  })
  if (!takeBack) return new Response(null, { status: 303, headers: { location: paths.login({ error: 'slow' }) } })
  const response = (await NextAuth(request as never, context as never, options)) as Response
  if (linking) jar.delete(LINKING_COOKIE)
  // Where next-auth has a page of its own for what went wrong, ours says it.
  if (response.headers.get('location')?.includes('/api/auth/'))
    response.headers.set('location', problemPath(linking, 'failed'))
  if (!outcome.opened) return response
  await takeBack()
  // As for every sign-in: the session before is over, and a browser is known once it is wholly signed in.
  await endSession(before, now, visitor)
  const email = await emailOfOpen(outcome.opened, now)
  if (email) await rememberThisBrowser(email)
  return response
}

const problemPath = (linking: SignedIn | null, error: ProviderProblem) =>
  linking ? paths.accountLinked({ error }) : paths.login({ error })

async function come(
  proven: Proven,
  linking: SignedIn | null,
  visitor: Visitor,
  outcome: Outcome,
  now: Date,
): Promise<ComeOutcome> {
  try {
    if (linking) {
      const me = { userId: linking.id, sessionId: linking.sessionId, email: linking.email }
      await assertMayAdd(linking, proven.provider)
      await linkSignIn(me, proven, visitor, now)
      return paths.accountLinked({ linked: proven.provider })
    }
    const identity = await signInByProvider(visitor, proven, now)
    const sessionId = await openSession(visitor, identity, proven.provider, now)
    outcome.opened = { userId: identity.id, sessionId }
    return outcome.opened
  } catch (error) {
    if (error instanceof ProviderRefusal) return problemPath(linking, error.why)
    if (!isRefusal(error)) log.error({ err: error }, 'sign-in at a provider failed')
    return problemPath(linking, 'failed')
  }
}
