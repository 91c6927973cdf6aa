import type { EditPart } from '../web/edits.ts'
import type { CreateProduct } from './schema.ts'

/** A product as people compare it. */
export type ProductTerms = { name: string; description: string | null; grants: string[]; takesOver: string[] }

/** What differs between two versions of a product, one line each. */
export function productChanges(before: ProductTerms, after: ProductTerms): string[] {
  const changes: string[] = []
  if (before.name !== after.name) changes.push(`Name: ${before.name} → ${after.name}`)
  if (before.description !== after.description) {
    changes.push(after.description === null ? 'Description removed' : 'Description changed')
  }
  const from = inWords(before.grants)
  const to = inWords(after.grants)
  if (from !== to) changes.push(`Grants: ${from} → ${to}`)
  const [taken, takes] = [inWords(before.takesOver), inWords(after.takesOver)]
  if (taken !== takes) changes.push(`Takes over the key of: ${taken} → ${takes}`)
  return changes
}

// Names may have commas in them.
const inWords = (names: string[]) => (names.length === 0 ? 'nothing' : [...names].sort().join(' · '))

/** What people change about a product, and how each is said, with the names of all configurations and products. */
export const productParts = (names: Map<string, string>, products: Map<string, string>): EditPart<CreateProduct>[] => [
  { label: 'Name', fields: ['name'], input: 'name', words: ({ name }) => `“${name}”` },
  {
    label: 'Description',
    fields: ['description'],
    input: 'description',
    words: ({ description }) => (description ? `“${description}”` : 'empty'),
  },
  {
    label: 'Grants',
    fields: ['keyConfigurationIds'],
    input: 'keyConfigurationIds',
    words: ({ keyConfigurationIds }) => inWords(keyConfigurationIds.map((id) => names.get(id) ?? '')),
  },
  {
    label: 'Takes over the key of',
    fields: ['takesOver'],
    input: 'takesOver',
    words: ({ takesOver }) => inWords(takesOver.map((id) => products.get(id) ?? '')),
  },
]
