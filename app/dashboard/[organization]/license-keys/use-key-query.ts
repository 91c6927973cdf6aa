'use client'
import { parseAsInteger, useQueryStates } from 'nuqs'
import { useListOptions } from '#components/ui/data-table/list-transition.ts'
import { useTyping } from '#components/ui/data-table/use-typing.ts'
import { type Term, type TermName, type Terms, termNames, withTerm } from '#lib/license-keys/terms.ts'
import { keyParams, termParams, termsIn } from './params.ts'

const parsers = { ...termParams, q: keyParams.q, page: parseAsInteger }

/** What the list is asked for: words and terms, both in the address. Chips and the typed filter change the same. */
export function useKeyQuery() {
  const options = useListOptions()
  const [state, set] = useQueryStates(parsers, options)
  const ask = useTyping(set, options.startTransition)
  const terms = termsIn(state)

  /** Asks for these; while somebody types, the address follows when they pause. */
  function change(next: { terms: Terms; words: string }, { typing = false } = {}) {
    const all = Object.fromEntries(termNames.map((name) => [name, next.terms[name] ?? null]))
    const values = { ...all, q: next.words || null, page: null } as Parameters<typeof set>[0]
    ask(values, typing ? (next.words ? 'typing' : 'typed') : 'now')
  }
  const choose = (name: TermName, term: Term | null) =>
    change({ terms: withTerm(terms, name, term && term.is.length + term.not.length > 0 ? term : null), words: state.q })
  return { terms, words: state.q, change, choose }
}
