import { endInShort } from '../base/days.ts'

// A purchase remembers what it gave each of its keys. Where a key has something else, a person chose that, and the store's facts leave it
// alone until somebody lets the key follow its purchase again.

/** What a purchase gave a key last. Null of a key from before this was kept: what the key has counts. */
export type Given = { keyConfigurationId: string | null; productId: string | null; expiresAt: Date | null }

/** What of a key a purchase gives it. */
export type Gives = {
  keyConfigurationId: string
  productId: string | null
  expiresAt: Date | null
  expiryOverridden: boolean
}

const same = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime()

/** What people chose for a key instead of what its purchase gave. An end of its configuration is nobody's own. */
export function chosenByHand(key: Gives, given: Given, kind: 'one_time' | 'subscription') {
  return {
    keyConfiguration: given.keyConfigurationId !== null && key.keyConfigurationId !== given.keyConfigurationId,
    product: given.productId !== null && key.productId !== given.productId,
    end: kind === 'subscription' && key.expiryOverridden && !same(key.expiresAt, given.expiresAt),
  }
}
export type ChosenByHand = ReturnType<typeof chosenByHand>

/**
 * Where a key of a subscription ends whose purchase now says `end`, and what the purchase has given it then. An end that somebody chose stays;
 * one that was to give the customer more time gives way to a purchase that goes on even longer, or somebody who pays would be locked out.
 */
export function endOf(
  key: Gives,
  given: Given,
  end: Date | null,
): { expiresAt: Date | null; expiryOverridden: boolean; given: Date | null } {
  const follows = { expiresAt: end, expiryOverridden: end !== null, given: end }
  if (!chosenByHand(key, given, 'subscription').end || same(key.expiresAt, end)) return follows
  const isMoreTime = given.expiresAt !== null && key.expiresAt !== null && key.expiresAt > given.expiresAt
  if (isMoreTime && key.expiresAt !== null && (end === null || end > key.expiresAt)) return follows
  return { expiresAt: key.expiresAt, expiryOverridden: key.expiryOverridden, given: given.expiresAt }
}

/** Names of configurations and products, by their ids. */
export type Names = ReadonlyMap<string, string>

/** What people chose for a key and what its purchase says of it, in words. */
export function wordsOfChosen(
  key: Gives & { keyConfiguration: { name: string }; product: { name: string } | null },
  given: Given,
  chosen: ChosenByHand,
  names: Names,
  zone: string,
): { what: string; here: string; says: string }[] {
  const end = (at: Date | null) => (at ? endInShort(at, zone) : 'no end')
  const nameOf = (id: string | null) => names.get(id ?? '') ?? 'none'
  return [
    ...(chosen.keyConfiguration
      ? [{ what: 'Key configuration', here: key.keyConfiguration.name, says: nameOf(given.keyConfigurationId) }]
      : []),
    ...(chosen.product ? [{ what: 'Product', here: key.product?.name ?? 'none', says: nameOf(given.productId) }] : []),
    ...(chosen.end ? [{ what: 'Expires', here: end(key.expiresAt), says: end(given.expiresAt) }] : []),
  ]
}
