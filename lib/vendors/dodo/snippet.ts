import { apiUrl, single } from '../../snippets/quote.ts'
import type { SnippetBlock, SnippetFacts, VendorSnippet } from '../../snippets/schema.ts'

/** Dodo's SDK with another address. */
const blocks = (facts: SnippetFacts): SnippetBlock[] => [
  {
    title: 'dodopayments',
    file: 'dodo.mjs',
    grammar: 'javascript',
    code: `import { hostname } from 'node:os'
import DodoPayments from 'dodopayments'

const dodo = new DodoPayments({ baseURL: ${single(apiUrl(facts, 'dodo'))}, bearerToken: 'public' })
const license_key = process.argv[2]

/** true or false, or null when there was no answer: then let people go on with the last good one. */
async function isValid(license_key_instance_id) {
  try {
    return (await dodo.licenses.validate({ license_key, license_key_instance_id })).valid
  } catch {
    return null
  }
}

const instance = await dodo.licenses.activate({ license_key, name: hostname() })
// Validating does not ask which product a key is for; whoever sells several compares this once.
console.log('for the product', instance.product.product_id)
console.log('valid:', await isValid(instance.id))
await dodo.licenses.deactivate({ license_key, license_key_instance_id: instance.id })
console.log('valid:', await isValid(instance.id))
`,
  },
]

/** The tab of Dodo's SDK. */
export const dodo: VendorSnippet = {
  label: 'Dodo SDK',
  about: 'An app that asks Dodo Payments today asks Latchkey instead: only the address changes.',
  packages: 'dodopayments',
  blocks,
}
