/** How a merchant connects a store, in the store's own words and menu names. For pages; no secrets here. */
export type StoreSetup = {
  /** How people call the store. */
  label: string
  /** Where in the store's own pages, and what to do there, one sentence each. `{address}` stands for ours. */
  steps: readonly string[]
  /** Event types to tick there, as the store writes them. */
  events: readonly string[]
  /** The secret that its requests are signed with; null where it signs none. */
  secret: {
    label: string
    hint: string
    /** Why what was pasted cannot be the secret, as a whole sentence, or null. */
    wrong?: (text: string) => string | null
    /** Who makes it: the store shows it, the merchant invents one and types it in both places, or we show it. */
    madeBy: 'store' | 'merchant' | 'latchkey'
  } | null
  /** What lets us ask the store's API, where we can. */
  credential: {
    label: string
    hint: string
    wrong?: (text: string) => string | null
    /** Where it is more than a help: for whom, and what goes wrong without it. */
    needed?: { label: string; why: string }
  } | null
  /** Whether one connection takes live and test events, or each needs its own. */
  mode: 'said_in_each_event' | 'one_per_connection'
  /** What a merchant should know before relying on it, whole sentences. */
  notes: readonly string[]
}
