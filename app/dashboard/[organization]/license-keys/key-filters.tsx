'use client'
import { ChevronLeft, ListFilter } from 'lucide-react'
import { useState } from 'react'
import { FilterChip } from '#components/ui/data-table/filter-chips.tsx'
import { Popover } from '#components/ui/popover.tsx'
import { termHints } from '#lib/license-keys/suggest.ts'
import { type Term, type TermName, termNames } from '#lib/license-keys/terms.ts'
import { TermEditor, type TermEditorProps } from './term-editor.tsx'
import { termLabels, termWords } from './term-words.ts'
import { useKeyQuery } from './use-key-query.ts'

const none: Term = { is: [], not: [] }

/** Always there, set or not; the others come from the menu. */
const pinned: readonly TermName[] = ['status', 'product']
// Only offered to be taken off again: the page of an import leads here.
const offered = termNames.filter((name) => name !== 'import')

/** The filters of the list as chips, and a menu of all there are. */
export function KeyFilters({ choices }: Pick<TermEditorProps, 'choices'>) {
  const { terms, words, change, choose } = useKeyQuery()
  const shown = termNames.filter((name) => terms[name] || pinned.includes(name))
  const set = shown.filter((name) => terms[name])
  return (
    <>
      {shown.map((name) => {
        const term = terms[name]
        return (
          <FilterChip
            key={name}
            label={termLabels[name]}
            words={term ? termWords(name, term, choices) : null}
            onRemove={() => choose(name, null)}
          >
            <TermEditor name={name} term={term ?? none} choices={choices} onChange={(next) => choose(name, next)} />
          </FilterChip>
        )
      })}
      <Popover
        label="Filter"
        className="w-60 p-1!"
        trigger={
          <button
            type="button"
            className="inline-flex h-8 items-center gap-1.5 rounded-control border border-line border-dashed px-2.5 text-mute hover:border-edge/60 hover:text-ink pointer-coarse:h-10"
          >
            <ListFilter size={13} aria-hidden="true" />
            Filter
          </button>
        }
      >
        <AllFilters choices={choices} />
      </Popover>
      {set.length > 1 && (
        <button
          type="button"
          className="h-8 rounded-control px-1.5 text-mute underline-offset-3 hover:text-ink hover:underline pointer-coarse:h-10"
          onClick={() => change({ terms: {}, words })}
        >
          Clear all
        </button>
      )}
    </>
  )
}

/** First all filters by name, then what the chosen one is set with. */
function AllFilters({ choices }: Pick<TermEditorProps, 'choices'>) {
  const [open, setOpen] = useState<TermName | null>(null)
  const { terms, choose } = useKeyQuery()
  if (open) {
    return (
      <>
        <button
          type="button"
          // biome-ignore lint/a11y/noAutofocus: the button that had the focus has just gone
          autoFocus
          onClick={() => setOpen(null)}
          className="mb-1 flex h-8 w-full items-center gap-1.5 rounded-sm px-1.5 font-medium hover:bg-hover pointer-coarse:h-10"
        >
          <ChevronLeft size={14} aria-hidden="true" className="text-mute" />
          {termLabels[open]}
          <span className="sr-only">: back to all filters</span>
        </button>
        <TermEditor name={open} term={terms[open] ?? none} choices={choices} onChange={(term) => choose(open, term)} />
      </>
    )
  }
  return (
    <ul>
      {offered.map((name) => (
        <li key={name}>
          <button
            type="button"
            onClick={() => setOpen(name)}
            className="flex min-h-8 w-full items-baseline gap-2 rounded-sm px-2 py-1.5 text-left hover:bg-hover pointer-coarse:min-h-10"
          >
            <span className="flex-1">{termLabels[name]}</span>
            <span className="truncate text-mute text-sm" title={termHints[name]}>
              {name}:
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
