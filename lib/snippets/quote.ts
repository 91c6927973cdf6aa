import type { SnippetFacts } from './schema.ts'

// What is put into programs are addresses and ids, but whoever sets LATCHKEY_URL could have put anything into it.

/** A string literal of C's many children: JavaScript, Python, Go, Rust, C#, Swift. */
export const double = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The same in single quotes, as JavaScript, Python and PHP have them; in PHP a "$" would mean something in double ones. */
export const single = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`

/** One word of a shell's command line. */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The address of our calls, or of a vendor's below them. */
export const apiUrl = ({ url }: SnippetFacts, vendor?: string): string =>
  `${url}/api/license${vendor ? `/${vendor}` : ''}`

/** The field of a validation that asks which keys are meant, and its value. */
export const onlyOf = ({ productId, keyConfigurationId }: SnippetFacts) =>
  productId
    ? ({ field: 'product_id', id: productId } as const)
    : ({ field: 'benefit_id', id: keyConfigurationId } as const)

/** Why a program sends that field, as a comment. */
export const whyOnly = ({ productId }: SnippetFacts): string =>
  productId
    ? 'Without it, keys for other products would open this one.'
    : 'Without it, keys of other configurations would open this one.'
