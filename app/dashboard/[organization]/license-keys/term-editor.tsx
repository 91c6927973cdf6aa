'use client'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { FilterOptions } from '#components/ui/data-table/filter-chips.tsx'
import { DateInput } from '#components/ui/date-input.tsx'
import { Input } from '#components/ui/input.tsx'
import { kindOf, pairText, readValue, type Term, type TermName } from '#lib/license-keys/terms.ts'
import { type Choice, optionsOf, termLabels, turned, valueWords } from './term-words.ts'

export type TermEditorProps = {
  name: TermName
  term: Term
  choices: { product: readonly Choice[]; configuration: readonly Choice[] }
  onChange: (term: Term) => void
}

/** What is in the panel of a chip: boxes to tick, days to choose, or a text to enter. */
export function TermEditor({ name, term, choices, onChange }: TermEditorProps) {
  const kind = kindOf(name)
  const options = optionsOf(name, choices)
  const chosen = [...term.is, ...term.not.map(turned)]
  const choose = (values: string[]) =>
    onChange({
      is: values.filter((value) => !value.startsWith('-')),
      not: values.filter((value) => value.startsWith('-')).map((value) => value.slice(1)),
    })
  if (!options) return <TextTerm name={name} term={term} choices={choices} onChange={onChange} />
  // A value that was typed is offered to be taken off again.
  const others = chosen
    .filter((value) => !options.some((option) => option.value === value))
    .map((value) => ({
      value,
      label: value.startsWith('-')
        ? `Not ${valueWords(name, value.slice(1), choices)}`
        : valueWords(name, value, choices),
    }))
  return (
    <>
      <FilterOptions
        filter={{
          key: name,
          label: termLabels[name],
          options: [...options, ...others],
          single: kind.kind === 'time' || kind.kind === 'number',
        }}
        chosen={chosen}
        onChange={choose}
      />
      {kind.kind === 'time' && kind.days && <DayRange key={term.is[0]} term={term} onChange={onChange} />}
    </>
  )
}

/** Two days, both included. */
function DayRange({ term, onChange }: { term: Term; onChange: (term: Term) => void }) {
  const [, from = '', to = ''] = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/.exec(term.is[0] ?? '') ?? []
  const set = (days: { from: string; to: string }) => {
    if (days.from && days.to && days.from > days.to) return
    onChange({ is: days.from || days.to ? [`${days.from}..${days.to}`] : [], not: [] })
  }
  return (
    <fieldset className="mt-1 grid gap-1.5 border-line2 border-t p-2">
      <legend className="sr-only">Days</legend>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
      <label className="grid grid-cols-[44px_1fr] items-center text-mute">
        From
        <DateInput defaultValue={from} onChange={(event) => set({ from: event.target.value, to })} />
      </label>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is inside */}
      <label className="grid grid-cols-[44px_1fr] items-center text-mute">
        To
        <DateInput defaultValue={to} onChange={(event) => set({ from, to: event.target.value })} />
      </label>
    </fieldset>
  )
}

/** A text that is typed in; several one after the other. */
function TextTerm({ name, term, choices, onChange }: TermEditorProps) {
  const [text, setText] = useState('')
  const [value, setValue] = useState('')
  const isPair = kindOf(name).kind === 'pair'
  const add = (event: FormEvent) => {
    event.preventDefault()
    const read = isPair
      ? text.trim() && { value: pairText(text.trim(), value === '' ? null : value) }
      : readValue(name, { text, quoted: true }, null)
    if (!read || !('value' in read) || !read.value) return
    onChange({ ...term, is: [...term.is, read.value] })
    setText('')
    setValue('')
  }
  return (
    <div className="grid gap-1.5 p-1">
      <form onSubmit={add} className="grid gap-1.5">
        <Input
          aria-label={isPair ? 'Name' : termLabels[name]}
          placeholder={isPair ? 'Name' : termLabels[name]}
          value={text}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        {isPair && (
          <Input
            aria-label="Value"
            placeholder="Value, or empty for any"
            value={value}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setValue(event.target.value)}
          />
        )}
        <Button type="submit" size="sm" className="justify-center">
          Add
        </Button>
      </form>
      <ul>
        {[...term.is, ...term.not.map(turned)].map((each) => {
          const not = each.startsWith('-') && term.not.includes(each.slice(1))
          const words = not ? `Not ${valueWords(name, each.slice(1), choices)}` : valueWords(name, each, choices)
          return (
            <li key={each} className="flex min-h-8 items-center gap-2 px-1">
              <span className="min-w-0 flex-1 truncate">{words}</span>
              <button
                type="button"
                aria-label={`Remove ${words}`}
                className="grid size-6 place-items-center rounded-sm text-mute hover:bg-hover hover:text-ink"
                onClick={() =>
                  onChange(
                    not
                      ? { ...term, not: term.not.filter((one) => one !== each.slice(1)) }
                      : { ...term, is: term.is.filter((one) => one !== each) },
                  )
                }
              >
                <X size={13} aria-hidden="true" />
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
