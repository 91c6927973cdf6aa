import '#server-only'
import type { NextApiRequest, NextApiResponse } from 'next'
import { cookies, headers } from 'next/headers'
import NextAuth, { type NextAuthOptions } from 'next-auth'
import { prisma } from '../database/client.ts'
import { LANGUAGE_COOKIE, languageOf } from '../words/plain.ts'
import { KNOWN_COOKIE, knownCookieAge, rememberAccount } from './known-browser.ts'
import { authOptions, secureCookies } from './options.ts'
import { emailOfOpen } from './queries.ts'
import { currentVisitor, sessionToken } from './session.ts'
import { endSession } from './sessions.ts'

/** The answer to a sign-in: it worked, or why not. `message` is null when the credentials were simply wrong; `waitMs`: when to try again. */
export type SignInAnswer = { ok: true } | { ok: false; message: string | null; waitMs: number | null }

/** Signs in from a server action, through next-auth's own callback; works without JavaScript in the browser. */
export async function signIn(
  provider: 'password' | 'link' | 'code' | 'key-mail' | 'passkey',
  fields: Record<string, string>,
): Promise<SignInAnswer> {
  const before = await sessionToken()
  const { redirect, cookies: given } = await post(['callback', provider], fields)
  if (given.some(isSessionCookie)) {
    // This browser forgets the session it had, so nobody else may remember it either.
    await endSession(before, new Date(), await currentVisitor())
    // Half signed in, a browser is not known yet.
    const email = await emailOfOpen(await sessionToken(), new Date())
    if (email) await Promise.all([rememberThisBrowser(email), keepLanguage(email)])
    return { ok: true }
  }
  const error = new URL(redirect ?? '/', 'http://here.invalid').searchParams.get('error')
  if (error === 'CredentialsSignin') return { ok: false, message: null, waitMs: null }
  const [message, wait] = (error ?? 'Signing in did not work. Try again.').split(/#(?=[\d.]+$)/)
  return { ok: false, message: message ?? null, waitMs: wait ? Number(wait) : null }
}

// What is mailed to them is in the language that they read here.
async function keepLanguage(email: string): Promise<void> {
  const [jar, sent] = await Promise.all([cookies(), headers()])
  const language = languageOf(jar.get(LANGUAGE_COOKIE)?.value, sent.get('accept-language'))
  await prisma.user.updateMany({ where: { email }, data: { language } })
}

/** Signs out from a server action. */
export async function signOut(): Promise<void> {
  // Here, not by next-auth, which would go on without a word if the database were away.
  await endSession(await sessionToken(), new Date(), await currentVisitor())
  await post(['signout'], {})
}

/** From now on this browser has an allowance of its own when it signs in to this account. */
export async function rememberThisBrowser(email: string): Promise<void> {
  const jar = await cookies()
  jar.set(KNOWN_COOKIE, rememberAccount(jar.get(KNOWN_COOKIE)?.value, email, new Date()), {
    ...{ path: '/', maxAge: knownCookieAge, httpOnly: true, sameSite: 'lax', secure: secureCookies() },
  })
}

// next-auth 4 offers signing in only as a route; version 5 calls its handler from server actions just like this.
async function post(path: string[], fields: Record<string, string>) {
  const jar = await cookies()
  const answer = await askNextAuth(path, fields)
  for (const { name, value, expires } of answer.cookies.filter(isSessionCookie)) {
    const secure = name.startsWith('__Secure-')
    jar.set(name, value, { expires, path: '/', httpOnly: true, sameSite: 'lax', secure })
  }
  return answer
}

/** Posts to next-auth within this request, which has checked already who asks. What it answers is for the caller to pass on. */
export async function askNextAuth(path: string[], fields: Record<string, string>, options = authOptions()) {
  const jar = await cookies()
  const sent = Object.fromEntries(jar.getAll().map(({ name, value }) => [name, value]))
  // A server action has checked the origin already; next-auth gets the token it wants to see.
  const csrf = await call('GET', ['csrf'], {}, sent, options)
  const token = (csrf.body as { csrfToken: string }).csrfToken
  for (const { name, value } of csrf.cookies) sent[name] = value
  return call('POST', path, { ...fields, csrfToken: token }, sent, options)
}

// next-auth's other cookies serve its own pages, which nobody sees here.
const isSessionCookie = ({ name }: Cookie) => name.includes('next-auth.session-token')

type Cookie = { name: string; value: string; expires: Date }

async function call(
  method: 'GET' | 'POST',
  nextauth: string[],
  body: object,
  sent: Record<string, string>,
  options: NextAuthOptions,
) {
  const answer: { redirect?: string; body?: unknown; cookies: Cookie[] } = { cookies: [] }
  let lines: string[] = []
  const response = {
    status: () => response,
    getHeader: (name: string) => (name === 'Set-Cookie' ? lines : undefined),
    setHeader(name: string, value: string | string[]) {
      if (name === 'Set-Cookie') lines = [value].flat()
      if (name === 'Location') answer.redirect = String(value)
      return response
    },
    json: (value: { url?: string }) => {
      answer.body = value
      if (value.url) answer.redirect = value.url
    },
    send: (value: unknown) => {
      answer.body = value
    },
    end: () => {},
  }
  const request = { method, query: { nextauth }, body, cookies: sent, headers: Object.fromEntries(await headers()) }
  await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, options)
  answer.cookies = lines.map(readCookie)
  return answer
}

function readCookie(line: string): Cookie {
  const [pair = '', ...attributes] = line.split('; ')
  const at = pair.indexOf('=')
  const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice('expires='.length)
  const maxAge = attributes.some((attribute) => /^max-age=0$/i.test(attribute)) ? new Date(0) : undefined
  return {
    name: pair.slice(0, at),
    value: decodeURIComponent(pair.slice(at + 1)),
    expires: maxAge ?? (expires ? new Date(expires) : new Date(0)),
  }
}
