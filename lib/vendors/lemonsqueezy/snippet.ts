import { apiUrl, single } from '../../snippets/quote.ts'
import type { SnippetBlock, SnippetFacts, VendorSnippet } from '../../snippets/schema.ts'

/** Lemon Squeezy's SDK, which has no option for its address but calls the global fetch. */
const blocks = (facts: SnippetFacts): SnippetBlock[] => [
  {
    title: '@lemonsqueezy/lemonsqueezy.js',
    file: 'lemonsqueezy.mjs',
    grammar: 'javascript',
    code: `import { hostname } from 'node:os'
import { activateLicense, deactivateLicense, validateLicense } from '@lemonsqueezy/lemonsqueezy.js'

// The SDK has no option for its address, but calls the global fetch.
const vendor = 'https://api.lemonsqueezy.com/'
const latchkey = ${single(`${apiUrl(facts, 'lemonsqueezy')}/`)}
const plainFetch = globalThis.fetch
globalThis.fetch = (input, init) => {
  const isTheirs = typeof input === 'string' && input.startsWith(vendor)
  return plainFetch(isTheirs ? latchkey + input.slice(vendor.length) : input, init)
}

const key = process.argv[2]

/** true or false, or null when there was no answer: then let people go on with the last good one. */
async function isValid(instanceId) {
  const { data } = await validateLicense(key, instanceId)
  return typeof data?.valid === 'boolean' ? data.valid : null
}

const { data, error } = await activateLicense(key, hostname())
if (!data?.activated) throw new Error(data?.error ?? error?.message)
// Validating does not ask which product a key is for; whoever sells several compares this.
console.log('for the product', data.meta.product_id)
console.log('valid:', await isValid(data.instance.id))
await deactivateLicense(key, data.instance.id)
console.log('valid:', await isValid(data.instance.id))
`,
  },
]

/** The tab of Lemon Squeezy's SDK. */
export const lemonsqueezy: VendorSnippet = {
  label: 'Lemon Squeezy SDK',
  about:
    'An app that asks Lemon Squeezy today asks Latchkey instead. Its SDK has no option for that, so a few lines send its calls here.',
  packages: '@lemonsqueezy/lemonsqueezy.js',
  blocks,
}
