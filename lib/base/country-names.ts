const names = new Map<string, Intl.DisplayNames>()

/** A country's name for people: `DE` is "Germany" or "Deutschland". What is no code of one stays as it is. */
export function countryName(code: string, language: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  const known = names.get(language) ?? new Intl.DisplayNames(language, { type: 'region' })
  names.set(language, known)
  return known.of(code) ?? code
}
