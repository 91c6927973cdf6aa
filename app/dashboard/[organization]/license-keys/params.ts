import { createLoader, createParser, type inferParserType, parseAsString } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'
import { peekParam } from '#components/ui/peek/peek-param.ts'
import { parseTerm, printTerm } from '#lib/license-keys/language.ts'
import type { LicenseKeyFilter } from '#lib/license-keys/list.ts'
import { licenseKeySorts, type ShownStatus } from '#lib/license-keys/plain.ts'
import { isAsked, type Term, type TermName, type Terms, termNames } from '#lib/license-keys/terms.ts'

const termParser = (name: TermName) =>
  createParser<Term>({
    parse: (text) => parseTerm(name, text),
    serialize: (term) => printTerm(name, term),
    eq: (a, b) => printTerm(name, a) === printTerm(name, b),
  })
type TermParser = ReturnType<typeof termParser>

/** A parameter for each thing that can be asked of keys, under its own name. */
export const termParams = Object.fromEntries(termNames.map((name) => [name, termParser(name)])) as Record<
  TermName,
  TermParser
>

/** The address of the list of keys. */
export const keyParams = {
  ...listParams({ sort: licenseKeySorts, by: 'createdAt' }),
  ...termParams,
  /** The saved view that it came from. */
  view: parseAsString.withDefault(''),
  open: peekParam,
}

export const loadKeyParams = createLoader(keyParams)
export type KeyParams = inferParserType<typeof keyParams>

/** What the address asks for, but its words. */
export const termsIn = (params: { [Name in TermName]: Term | null }): Terms =>
  Object.fromEntries(termNames.flatMap((name) => (params[name] ? [[name, params[name]]] : [])))

/** Which keys the address asks for. What is only so and not otherwise of a key's own goes by what is counted already. */
export function keyFilter(params: KeyParams): LicenseKeyFilter {
  const { status, configuration, ...others } = termsIn(params)
  const isPlain = (term: Term | undefined): term is Term => term !== undefined && term.not.length === 0
  const terms: Terms = {
    ...others,
    ...(status && !isPlain(status) && { status }),
    ...(configuration && !isPlain(configuration) && { configuration }),
  }
  return {
    q: params.q,
    ...(isPlain(status) && { statuses: status.is as ShownStatus[] }),
    ...(isPlain(configuration) && { configurationIds: [...configuration.is] }),
    ...(isAsked(terms) && { terms }),
  }
}
