import '#server-only'

// The list comes with @zxcvbn-ts/language-common: 49,000 passwords of published leaks, most used first. Loaded when the first password is chosen.

let list: Promise<ReadonlySet<string>> | undefined

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(Array.from(dictionary['passwords-common'], (word) => String(word).toLowerCase()))
}

/** What is left of a password without the digits and signs that people put around a word: "Basketball2024!" is "basketball". */
export const coreOf = (password: string): string => password.toLowerCase().replace(/^[\d\W_]{0,4}|[\d\W_]{0,6}$/g, '')

/** True for a password that guessers try first: one of the list, one with digits or signs around it, or few different characters. */
export async function isCommonPassword(password: string): Promise<boolean> {
  if (new Set(password).size < 4) return true
  list ??= load()
  const known = await list
  const core = coreOf(password)
  return known.has(password.toLowerCase()) || (core.length >= 6 && known.has(core))
}
