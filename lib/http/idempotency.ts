import '#server-only'

/** What an Idempotency-Key may be, for people. */
export const IDEMPOTENCY_KEY_RULE = 'Use 1 to 255 visible ASCII characters'

/** The key a client chose for a write that it may send again; null without one, undefined when it is none that we take. */
export function idempotencyKeyOf(header: (name: string) => string | null): string | null | undefined {
  const key = header('idempotency-key')
  return key === null || /^[\x21-\x7e]{1,255}$/.test(key) ? key : undefined
}
