import '#server-only'
import { cookies, headers } from 'next/headers'
import { cache } from 'react'
import { isTimeZone } from '../base/days.ts'
import type { Words } from './en.ts'
import { LANGUAGE_COOKIE, type Language, languageOf, ZONE_COOKIE } from './plain.ts'
import { wordsIn } from './rules.ts'

/** Whoever reads this page: in which language, and in which time zone when the browser has told. */
export type Reader = { language: Language; words: Words; zone: string | null }

/** The reader of this request. */
export const currentReader = cache(async (): Promise<Reader> => {
  const [jar, sent] = await Promise.all([cookies(), headers()])
  const language = languageOf(jar.get(LANGUAGE_COOKIE)?.value, sent.get('accept-language'))
  const zone = jar.get(ZONE_COOKIE)?.value ?? ''
  return { language, words: wordsIn(language), zone: zone.length <= 64 && isTimeZone(zone) ? zone : null }
})

// Merchants' pages and what developers read are in English; our server tells the path.
const ONLY_ENGLISH = /^\/(dashboard|docs|outbox|setup)(\/|\?|$)/

/** In which language the page of this request is, which is English for whoever works in a dashboard. */
export const currentPageReader = cache(async (): Promise<Reader> => {
  const [reader, sent] = await Promise.all([currentReader(), headers()])
  const isInEnglish = ONLY_ENGLISH.test(sent.get('x-latchkey-path') ?? '')
  return isInEnglish ? { ...reader, language: 'en', words: wordsIn('en') } : reader
})
