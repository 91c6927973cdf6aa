/** A product as people compare it. */
export type ProductTerms = { name: string; description: string | null; grants: string[] }

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
  return changes
}

// Names may have commas in them.
const inWords = (names: string[]) =>
  names.length === 0 ? 'nothing' : [...names].sort().join(' · ')
