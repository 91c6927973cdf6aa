import type { Route } from 'next'
import { openApiDocument } from '#lib/api/openapi.ts'
import * as paths from '#lib/web/paths.ts'
import { guideEntries } from './guide-entries.ts'
import { type Document, type Operation, readReference, type Shape } from './reference.ts'

/** One page of the reference, and what is on it. */
export type Chapter = {
  title: string
  href: Route
  description: string
  entries: { href: Route; label: string; method?: string }[]
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
  const chapter = (title: string, href: Route, more: Partial<Chapter>): Chapter => ({
    ...{ title, href, description: '', entries: [], operations: [], shapes: [] },
    ...more,
  })
  return [
    chapter('Basics', paths.reference(), {
      entries: guideEntries.map(({ id, title }) => ({ href: paths.reference(id), label: title })),
    }),
    ...document.tags.map(({ name, description = '' }) => {
      const place = { chapter: slugOf(name) }
      const own = operations.filter(({ tag }) => tag === name)
      const entries = own.map(({ id, summary, method }) => ({ href: paths.chapter(place, id), label: summary, method }))
      return chapter(name, paths.chapter(place), { description, operations: own, entries })
    }),
    chapter('Shapes', paths.chapter({ chapter: 'shapes' }), {
      description: 'What answers are made of.',
      shapes,
      entries: shapes.map(({ name }) => ({ href: paths.chapter({ chapter: 'shapes' }, name), label: name })),
    }),
  ]
}
