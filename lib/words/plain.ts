// Which language somebody reads, and where they are. For browsers too.

/** Every language there is: one file of this room each. */
export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** What each calls itself. */
export const languageNames = { en: 'English', de: 'Deutsch' } as const satisfies Record<Language, string>

/** Where a chosen language is kept, and the time zone that the browser told (components/ui/first-script.ts). */
export const LANGUAGE_COOKIE = 'latchkey-language'
export const ZONE_COOKIE = 'latchkey-zone'

export const isLanguage = (word: unknown): word is Language => languages.some((each) => each === word)

/** The language of a request: what was chosen, else what the browser would rather have (RFC 9110, 12.5.4), else English. */
export function languageOf(chosen: string | null | undefined, accepted: string | null | undefined): Language {
  if (isLanguage(chosen)) return chosen
  const wanted = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, place) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean)
      return { language: tag.trim().split('-', 1)[0] ?? '', weight: weight === undefined ? 1 : Number(weight), place }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.place - b.place)
    .map(({ language }) => (language === '*' ? 'en' : language))
  return wanted.find(isLanguage) ?? 'en'
}
