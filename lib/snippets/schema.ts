/** What a program needs to know: where to ask, for whom, and which keys it is for. */
export type SnippetFacts = {
  /** The address people use, without a slash at its end. */
  url: string
  organizationId: string
  keyConfigurationId: string
  /** Only keys for this product count; null: only those of the configuration. */
  productId: string | null
  /** What a key looks like; not one that works. */
  sampleKey: string
}

/** The grammars that snippets are coloured by. */
export type Grammar = 'bash' | 'javascript' | 'python' | 'go' | 'rust' | 'csharp' | 'swift' | 'php'

/** One box to copy: a file when it has a name, else what a terminal takes. */
export type SnippetBlock = { title: string; file?: string; grammar: Grammar; code: string }

/** A program for a vendor's SDK: what its tab is called, what it needs and how it is meant, and what npm installs for it. */
export type VendorSnippet = {
  label: string
  about: string
  packages: string
  blocks: (facts: SnippetFacts) => SnippetBlock[]
}

/** Days that the programs let people go on with their last good answer. */
export const SNIPPET_GRACE_DAYS = 14
