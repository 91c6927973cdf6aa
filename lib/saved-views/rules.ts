import { parseQuery, printQuery, termQuery } from '../license-keys/language.ts'
import type { Names } from '../license-keys/terms.ts'
import type { EditPart } from '../web/edits.ts'
import type { SavedView } from './plain.ts'

/** A query as it is kept: read once, so that what is kept can always be read; `names` are the rows it may name. Or what is wrong in it. */
export function keptQuery(text: string, names: Names | null): { query: string } | { problem: string } {
  const query = parseQuery(text, names)
  const [first] = query.problems
  return first ? { problem: first.message } : { query: printQuery(query, null) }
}

/** The parts of the list's address that show a view. */
export function addressOf({ id, query, sort, dir }: Pick<SavedView, 'id' | 'query' | 'sort' | 'dir'>) {
  const { terms, words } = parseQuery(query, null)
  const isUsual = sort === 'createdAt' && dir === 'desc'
  return { ...(words && { q: words }), ...termQuery(terms), ...(!isUsual && { sort, dir }), view: id }
}

type Values = Pick<SavedView, 'name' | 'query' | 'sort' | 'dir' | 'isDefault'>

/** What people change of a view; what it shows and in which order is one thing. */
export const viewParts: readonly EditPart<Values>[] = [
  { label: 'Name', fields: ['name'], input: 'name', words: ({ name }) => `“${name}”` },
  {
    label: 'Filters',
    fields: ['query', 'sort', 'dir'],
    input: 'query',
    words: ({ query, sort, dir }) =>
      `“${query || 'all keys'}” by ${sort}, ${dir === 'asc' ? 'ascending' : 'descending'}`,
  },
  {
    label: 'Default',
    fields: ['isDefault'],
    input: 'isDefault',
    words: ({ isDefault }) => (isDefault ? 'what the list opens with' : 'not what the list opens with'),
  },
]

/** What differs, one line each, for the history. */
export const viewChanges = (before: Values, after: Values): string[] =>
  viewParts
    .filter((part) => part.fields.some((field) => before[field] !== after[field]))
    .map((part) => `${part.label}: ${part.words(before)} → ${part.words(after)}`)
