// Other places to sign in at: a real OpenID Connect provider, and what GitHub answers, both on this machine.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { freePort } from './app-process.ts'

/** Who is signed in there, with all that the provider says of them. */
export type Account = { sub: string; email?: string; email_verified?: unknown; amr?: string[]; name?: string }

/** Where a provider has to send people back to. */
type Client = { redirectUri: string; id: string; secret: string }

const listen = async (answer: (request: IncomingMessage, response: ServerResponse) => void, port: number) => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

/** A certified provider (oidc-provider) whose pages ask nothing: whoever comes is `now.account`. PKCE is required. */
export async function startOidcProvider({ redirectUri, id, secret }: Client) {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const now: { account: Account; spoil: Record<string, string>; asked: URLSearchParams[] } = {
    account: { sub: 'nobody' },
    spoil: {},
    asked: [],
  }
  const provider = new Provider(issuer, {
    clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['only for tests'] },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/come/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ ...now.account }) }),
  })
  // What somebody between browser and provider could change.
  provider.use(async (context, next) => {
    if (context.path === '/auth' && context.query.client_id) {
      now.asked.push(new URLSearchParams(context.querystring))
      context.query = { ...context.query, ...now.spoil }
    }
    await next()
  })
  const callback = provider.callback()
  const come = async (request: IncomingMessage, response: ServerResponse) => {
    const { params, prompt } = await provider.interactionDetails(request, response)
    const accountId = now.account.sub
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, {
        login: { accountId, ...(now.account.amr && { amr: now.account.amr }) },
      })
    const grant = new provider.Grant({ accountId, clientId: params.client_id })
    grant.addOIDCScope(params.scope)
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
  }
  const { stop } = await listen((request, response) => {
    if (!request.url?.startsWith('/come/')) return callback(request, response)
    come(request, response).catch((error) => response.writeHead(500).end(String(error)))
  }, port)
  return { issuer, now, stop }
}

type GitHubEmail = { email: string; primary: boolean; verified: boolean }

/** The four addresses of GitHub that sign-in uses, as a GitHub Enterprise Server has them. Code and token are checked. */
export async function startGitHub({ redirectUri, id, secret }: Client) {
  const now: { user: { id: number; login: string }; emails: GitHubEmail[] } = {
    user: { id: 1, login: 'nobody' },
    emails: [],
  }
  const codes = new Set<string>()
  const { url, stop } = await listen(async (request, response) => {
    const asked = new URL(request.url ?? '/', 'http://here.invalid')
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (asked.pathname === '/login/oauth/authorize') {
      if (asked.searchParams.get('client_id') !== id || asked.searchParams.get('code_challenge_method') !== 'S256')
        return json(400, { error: 'bad request' })
      const code = `code-${Math.random()}`
      codes.add(code)
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.searchParams.get('state') ?? '')
      return response.writeHead(302, { location: back.href }).end()
    }
    if (asked.pathname === '/login/oauth/access_token') {
      let body = ''
      for await (const chunk of request) body += chunk
      const form = new URLSearchParams(body)
      const basic = Buffer.from(`${id}:${secret}`).toString('base64')
      const isClient = form.get('client_secret') === secret || request.headers.authorization === `Basic ${basic}`
      const isGood = isClient && codes.delete(form.get('code') ?? '') && form.get('code_verifier')
      if (!isGood) return json(400, { error: 'bad_verification_code' })
      return json(200, { access_token: 'token-of-tests', token_type: 'bearer', scope: 'read:user,user:email' })
    }
    if (request.headers.authorization !== 'Bearer token-of-tests') return json(401, { message: 'Bad credentials' })
    if (asked.pathname === '/api/v3/user') return json(200, now.user)
    if (asked.pathname === '/api/v3/user/emails') return json(200, now.emails)
    return json(404, { message: 'Not Found' })
  }, 0)
  return { url, now, stop }
}
