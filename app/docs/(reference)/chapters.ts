import { openApiDocument } from '#lib/api/openapi.ts'
import { guideEntries } from './guide-entries.ts'
import { type Document, type Operation, readReference, type Shape } from './reference.ts'

/** One page of the reference, and what is on it. */
export type Chapter = {
  title: string
  href: string
  description: string
  entries: { href: string; label: string; method?: string }[]
  operations: Operation[]
  shapes: Shape[]
}

const slugOf = (tag: string) => tag.toLowerCase().replaceAll(' ', '-')

let made: Chapter[] | undefined

/** The reference in pages: the basics, one for each kind of thing, and the shapes of answers. */
export function chapters(): Chapter[] {
  made ??= makeChapters()
  return made
}

function makeChapters(): Chapter[] {
  const document = openApiDocument() as unknown as Document
  const { operations, shapes } = readReference(document)
  const chapter = (title: string, href: string, more: Partial<Chapter>): Chapter => ({
    ...{ title, href, description: '', entries: [], operations: [], shapes: [] },
    ...more,
  })
  return [
    chapter('Basics', '/docs', {
      entries: guideEntries.map(({ id, title }) => ({ href: `/docs#${id}`, label: title })),
    }),
    ...document.tags.map(({ name, description = '' }) => {
      const href = `/docs/${slugOf(name)}`
      const own = operations.filter(({ tag }) => tag === name)
      const entries = own.map(({ id, summary, method }) => ({ href: `${href}#${id}`, label: summary, method }))
      return chapter(name, href, { description, operations: own, entries })
    }),
    chapter('Shapes', '/docs/shapes', {
      description: 'What answers are made of.',
      shapes,
      entries: shapes.map(({ name }) => ({ href: `/docs/shapes#${name}`, label: name })),
    }),
  ]
}
