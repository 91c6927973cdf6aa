/** What texts are searched for: the address, and the name where it is a whole one, since a single word may mean anything. */
export const wordsOf = ({ email, name }: { email: string; name: string | null }): string[] => {
  const whole = name?.trim().replace(/\s+/g, ' ') ?? ''
  return [email, ...(/\S\s\S/.test(whole) ? [whole] : [])]
}

/** What stands in their place. */
export const ERASED_WORD = '[deleted]'

/** True when a text names somebody: by one of the words, or by a store's reference long enough to be theirs alone. */
export function names(text: string, words: readonly string[], refs: readonly string[] = []): boolean {
  const lower = text.toLowerCase()
  return (
    words.some((word) => lower.includes(word.toLowerCase())) ||
    refs.some((ref) => ref.length >= 6 && text.includes(ref))
  )
}
