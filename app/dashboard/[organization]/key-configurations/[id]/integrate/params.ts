import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { snippetNames } from '#lib/vendors/snippets.ts'

/** Which tab is open, and which keys the programs accept: a product's id, or "configuration". */
export const loadIntegrateParams = createLoader({
  language: parseAsStringLiteral(snippetNames).withDefault('curl'),
  accept: parseAsString.withDefault(''),
})
