import '#server-only'
import type { Profile, User } from 'next-auth'
import type { OAuthConfig } from 'next-auth/providers/oauth'
import { env } from '../base/env.ts'
import { log } from '../base/log.ts'
import { readSentEmail } from '../base/text.ts'
import type { OfferedProvider, SignInProvider } from './plain.ts'

// Signing in at GitHub, Google or an OpenID Connect provider, by next-auth's client: what each is asked, and what is believed.

/** What a provider has proved of somebody. */
export type Proven = {
  provider: SignInProvider
  /** With the subject it names them, whatever becomes of their address. */
  issuer: string
  subject: string
  /** Only an address that the provider says it has verified. */
  email: string | null
  /** How they are called there. */
  label: string
  /** It says that they passed two steps there. */
  isTwoStep: boolean
}

/** The providers that are configured, in the order of their buttons. */
export function offeredProviders(): OfferedProvider[] {
  const { SIGN_IN_GITHUB_ID, SIGN_IN_GOOGLE_ID, SIGN_IN_OIDC_ID } = env()
  return [
    ...(SIGN_IN_OIDC_ID ? [nameOf('oidc')] : []),
    ...(SIGN_IN_GOOGLE_ID ? [nameOf('google')] : []),
    ...(SIGN_IN_GITHUB_ID ? [nameOf('github')] : []),
  ]
}

/** A provider as people call it. */
export const nameOf = (id: SignInProvider): OfferedProvider => ({
  id,
  name: { github: 'GitHub', google: 'Google', oidc: env().SIGN_IN_OIDC_NAME }[id],
})

/** How next-auth asks a provider; null when it is not configured. */
export function providerConfig(id: SignInProvider): OAuthConfig<Profile> | null {
  const { SIGN_IN_GITHUB_ID, SIGN_IN_GITHUB_SECRET, SIGN_IN_GOOGLE_ID, SIGN_IN_GOOGLE_SECRET } = env()
  const { SIGN_IN_OIDC_ISSUER, SIGN_IN_OIDC_ID, SIGN_IN_OIDC_SECRET } = env()
  if (id === 'github')
    return SIGN_IN_GITHUB_ID && SIGN_IN_GITHUB_SECRET ? gitHub(SIGN_IN_GITHUB_ID, SIGN_IN_GITHUB_SECRET) : null
  if (id === 'google')
    return SIGN_IN_GOOGLE_ID && SIGN_IN_GOOGLE_SECRET
      ? openId(id, 'https://accounts.google.com', SIGN_IN_GOOGLE_ID, SIGN_IN_GOOGLE_SECRET)
      : null
  return SIGN_IN_OIDC_ISSUER && SIGN_IN_OIDC_ID && SIGN_IN_OIDC_SECRET
    ? openId(id, SIGN_IN_OIDC_ISSUER, SIGN_IN_OIDC_ID, SIGN_IN_OIDC_SECRET)
    : null
}

const TIMEOUT_MS = 10_000

/** What next-auth carries from `profile` to its callback; never sent to a browser. */
const carry = (proven: Proven): User => ({ id: proven.subject, sessionId: '', proven }) as User & { proven: Proven }

/** What `carry` put in. */
export const provenOf = (user: object): Proven | null => ('proven' in user ? (user.proven as Proven) : null)

type Claims = Profile & {
  iss?: string
  email_verified?: unknown
  amr?: unknown
  preferred_username?: string
}

/** What a provider's claims prove. An address counts when `email_verified` is strictly true, two steps when `amr` says `mfa` (RFC 8176). */
export function provenByClaims(provider: SignInProvider, claims: Claims): Proven {
  const { iss, sub, email, email_verified: isVerified, amr, name, preferred_username: called } = claims
  if (!iss || !sub) throw new Error('The provider named nobody.')
  return {
    ...{ provider, issuer: iss, subject: sub },
    email: isVerified === true && email ? readSentEmail(email) : null,
    label: (email || called || name || sub).slice(0, 200),
    isTwoStep: Array.isArray(amr) && amr.includes('mfa'),
  }
}

function openId(id: SignInProvider, issuer: string, clientId: string, clientSecret: string): OAuthConfig<Profile> {
  return {
    ...{ id, name: nameOf(id).name, type: 'oauth', clientId, clientSecret },
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['state', 'nonce', 'pkce'],
    httpOptions: { timeout: TIMEOUT_MS },
    userinfo: {
      // An ID token need not have the address (OpenID Connect Core 5.4): then it is asked for. Its client checks that both name one person.
      request: async ({ client, tokens }) => {
        const claims = (tokens as unknown as { claims: () => Claims }).claims()
        if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims
        const { email, email_verified, preferred_username, name } = await client.userinfo<Claims>(tokens as never)
        return { ...claims, email, email_verified, preferred_username, name } as Claims
      },
    },
    profile: (claims) => carry(provenByClaims(id, claims as Claims)),
  }
}

type GitHubEmail = { email: string; primary: boolean; verified: boolean }

/** What GitHub's answers prove: the address that is primary and verified, and no other. */
export function provenByGitHub(
  issuer: string,
  user: { id: number; login: string },
  emails: readonly GitHubEmail[],
): Proven {
  const email = emails.find(({ primary, verified }) => primary === true && verified === true)?.email
  return {
    ...{ provider: 'github', issuer, subject: String(user.id), label: user.login.slice(0, 200), isTwoStep: false },
    email: email ? readSentEmail(email) : null,
  }
}

function gitHub(clientId: string, clientSecret: string): OAuthConfig<Profile> {
  const url = env().SIGN_IN_GITHUB_URL
  const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`
  return {
    ...{ id: 'github', name: 'GitHub', type: 'oauth', clientId, clientSecret, issuer: `${url}/login/oauth` },
    authorization: { url: `${url}/login/oauth/authorize`, params: { scope: 'read:user user:email' } },
    token: `${url}/login/oauth/access_token`,
    checks: ['state', 'pkce'],
    httpOptions: { timeout: TIMEOUT_MS },
    userinfo: {
      url: `${api}/user`,
      request: async ({ tokens }) => {
        const ask = async (path: string) => {
          const answer = await fetch(`${api}${path}`, {
            headers: { authorization: `Bearer ${tokens.access_token}`, accept: 'application/vnd.github+json' },
            redirect: 'error',
            signal: AbortSignal.timeout(TIMEOUT_MS),
          })
          if (!answer.ok) throw new Error(`GitHub answered ${answer.status} for ${path}.`)
          return answer.json()
        }
        const [user, emails] = await Promise.all([ask('/user'), ask('/user/emails')])
        return { user, emails } as Profile
      },
    },
    profile: (profile) => {
      const { user, emails } = profile as unknown as { user: { id: number; login: string }; emails: GitHubEmail[] }
      return carry(provenByGitHub(url, user, emails))
    },
  }
}

/** For next-auth: what goes wrong at a provider is one line, since anybody can make it happen, and never what was sent. */
export function logProviderError(code: string, details: unknown): void {
  const error = details instanceof Error ? details : (details as { error?: unknown } | undefined)?.error
  log.warn({ code, reason: error instanceof Error ? error.message : undefined }, 'sign-in at a provider failed')
}
