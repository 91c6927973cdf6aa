'use server'
import { cookies } from 'next/headers'
import { isLanguage, LANGUAGE_COOKIE } from '#lib/words/plain.ts'

const DAYS_400 = 400 * 24 * 60 * 60

/** Keeps the language that somebody chose, in this browser. */
export async function chooseLanguage(language: string): Promise<void> {
  if (!isLanguage(language)) return
  const jar = await cookies()
  jar.set(LANGUAGE_COOKIE, language, { path: '/', maxAge: DAYS_400, httpOnly: true, sameSite: 'lax' })
}
