import { apiUrl, single } from '../../snippets/quote.ts'
import type { SnippetBlock, SnippetFacts, VendorSnippet } from '../../snippets/schema.ts'

/** Polar's SDK with another address. Its two lines differ in how they are made and in how they spell fields. */
function blocks(facts: SnippetFacts): SnippetBlock[] {
  const program = (setUp: string, spell: (name: string) => string) => `import { hostname } from 'node:os'
${setUp}
const { licenseKeys } = polar.customerPortal
const ${spell('organization_id')} = ${single(facts.organizationId)}
// Without it, keys of other configurations would open this one.
const ${spell('benefit_id')} = ${single(facts.keyConfigurationId)}
const key = process.argv[2]

/** true or false, or null when there was no answer: then let people go on with the last good one. */
async function isValid(${spell('activation_id')}) {
  try {
    await licenseKeys.validate({ key, ${spell('organization_id')}, ${spell('activation_id')}, ${spell('benefit_id')} })
    return true
  } catch (error) {
    return error.statusCode === 404 ? false : null
  }
}

const activation = await licenseKeys.activate({ key, ${spell('organization_id')}, label: hostname() })
console.log('valid:', await isValid(activation.id))
await licenseKeys.deactivate({ key, ${spell('organization_id')}, ${spell('activation_id')}: activation.id })
console.log('valid:', await isValid(activation.id))
`
  const url = single(apiUrl(facts, 'polar'))
  return [
    {
      title: '@polar-sh/sdk 1',
      file: 'polar.mjs',
      grammar: 'javascript',
      code: program(
        `import { createPolar } from '@polar-sh/sdk/2026-04'

const polar = createPolar({ baseUrl: ${url}, accessToken: 'public' })`,
        (name) => name,
      ),
    },
    {
      title: '@polar-sh/sdk 0',
      file: 'polar-0.mjs',
      grammar: 'javascript',
      code: program(
        `import { Polar } from '@polar-sh/sdk'

const polar = new Polar({ serverURL: ${url} })`,
        (name) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      ),
    },
  ]
}

/** The tab of Polar's SDK. */
export const polar: VendorSnippet = {
  label: 'Polar SDK',
  about: 'An app that asks Polar today asks Latchkey instead: only the address changes.',
  packages: '@polar-sh/sdk',
  blocks,
}
