'use client'
import { Plus, X } from 'lucide-react'
import { parseAsArrayOf, parseAsInteger, parseAsString, useQueryState, useQueryStates } from 'nuqs'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { Popover } from '../popover.tsx'
import { useListOptions } from './list-transition.ts'

export type Filter = {
  /** Its name in the address; the page reads it with `filterParam` or `idFilterParam`. */
  key: string
  label: string
  options: readonly { value: string; label: string; hint?: string }[]
  /** Only one value at a time. */
  single?: boolean
}

const chosenParser = parseAsArrayOf(parseAsString).withDefault([])

/** One chip per filter: dashed while unset, "Status: Active, Expired" with a cross when set. */
export function FilterChips({ filters }: { filters: readonly Filter[] }) {
  const parsers: Record<string, typeof chosenParser> = {}
  for (const filter of filters) parsers[filter.key] = chosenParser
  const options = useListOptions()
  const [values, setValues] = useQueryStates(parsers, options)
  const [, setPage] = useQueryState('page', parseAsInteger.withOptions(options))
  const set = (next: Record<string, string[] | null>) => {
    void setPage(null)
    void setValues(next)
  }
  const chosenOf = (filter: Filter) => values[filter.key] ?? []
  const change = (filter: Filter, chosen: string[]) => set({ [filter.key]: chosen.length > 0 ? chosen : null })
  const anySet = filters.filter((filter) => chosenOf(filter).length > 0).length > 1
  return (
    <>
      {filters.map((filter) => (
        <Chip
          key={filter.key}
          filter={filter}
          chosen={chosenOf(filter)}
          onChange={(chosen) => change(filter, chosen)}
        />
      ))}
      {anySet && (
        <button
          type="button"
          className="h-8 rounded-control px-1.5 text-mute underline-offset-3 hover:text-ink hover:underline pointer-coarse:h-10"
          onClick={() => set(Object.fromEntries(filters.map((filter) => [filter.key, null])))}
        >
          Clear all
        </button>
      )}
    </>
  )
}

function Chip({
  filter,
  chosen,
  onChange,
}: {
  filter: Filter
  chosen: string[]
  onChange: (chosen: string[]) => void
}) {
  const names = filter.options.filter((option) => chosen.includes(option.value)).map((option) => option.label)
  const words = names.length === 0 || names.length > 2 ? `any of ${chosen.length}` : names.join(', ')
  return (
    <FilterChip label={filter.label} words={chosen.length > 0 ? words : null} onRemove={() => onChange([])}>
      <FilterOptions filter={filter} chosen={chosen} onChange={onChange} />
    </FilterChip>
  )
}

/** A filter as a chip: dashed while it is not set; with `words` it says what it is set to, and has a cross. */
export function FilterChip({
  label,
  words,
  onRemove,
  children,
}: {
  label: string
  words: string | null
  onRemove: () => void
  /** What it is set with. */
  children: ReactNode
}) {
  const isSet = words !== null
  return (
    <span
      className={cx(
        'inline-flex h-8 max-w-full items-stretch rounded-control border pointer-coarse:h-10',
        isSet
          ? 'border-transparent bg-accentbg text-accent'
          : 'border-line border-dashed text-mute hover:border-edge/60',
      )}
    >
      <Popover
        label={label}
        className="w-60 p-1!"
        trigger={
          <button
            type="button"
            className={cx(
              'inline-flex min-w-0 items-center gap-1 rounded-control hover:text-ink',
              isSet ? 'pl-2.5 font-medium' : 'pr-2.5 pl-2',
            )}
          >
            {!isSet && <Plus size={12} aria-hidden="true" className="shrink-0" />}
            <span className="truncate">{isSet ? `${label}: ${words}` : label}</span>
          </button>
        }
      >
        {children}
      </Popover>
      {isSet && (
        <button
          type="button"
          aria-label={`Remove filter ${label}`}
          onClick={onRemove}
          className="grid w-7 place-items-center rounded-control hover:text-ink pointer-coarse:w-9"
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </span>
  )
}

/** Boxes to tick, with a field to find one where there are many. */
export function FilterOptions({
  filter,
  chosen,
  onChange,
}: {
  filter: Filter
  chosen: string[]
  onChange: (chosen: string[]) => void
}) {
  const [words, setWords] = useState('')
  const shown = filter.options.filter((option) => option.label.toLowerCase().includes(words.trim().toLowerCase()))
  const toggle = (value: string, on: boolean) => {
    if (filter.single) return onChange(on ? [value] : [])
    onChange(on ? [...chosen, value] : chosen.filter((each) => each !== value))
  }
  return (
    <fieldset onKeyDown={moveFocus} className="min-w-0">
      <legend className="sr-only">{filter.label}</legend>
      {filter.options.length > 8 && (
        <input
          type="text"
          aria-label={`Find in ${filter.label}`}
          placeholder="Find…"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="mb-1 h-8 w-full rounded-sm border-line2 border-b bg-transparent px-2 outline-none"
        />
      )}
      <div className="scroll-thin max-h-72 overflow-y-auto">
        {shown.map((option) => (
          <Checkbox
            key={option.value}
            checked={chosen.includes(option.value)}
            onChange={(event) => toggle(option.value, event.target.checked)}
            label={
              <span className="flex gap-2">
                <span className="flex-1">{option.label}</span>
                {option.hint && <span className="text-mute">{option.hint}</span>}
              </span>
            }
            className="rounded-sm px-2 py-1.5 hover:bg-hover pointer-coarse:py-2.5"
          />
        ))}
        {shown.length === 0 && <p className="px-2 py-1.5 text-mute">Nothing found</p>}
      </div>
    </fieldset>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  event.preventDefault()
  const inputs = [...event.currentTarget.querySelectorAll('input')]
  const at = inputs.indexOf(document.activeElement as HTMLInputElement)
  inputs[(at + (event.key === 'ArrowDown' ? 1 : -1) + inputs.length) % inputs.length]?.focus()
}
