'use client'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { cx } from '#components/ui/cx.ts'
import { SearchEnd } from '#components/ui/data-table/search-end.tsx'
import { useSlash } from '#components/ui/data-table/use-slash.ts'
import { type Problem, parseQuery, printQuery } from '#lib/license-keys/language.ts'
import { type Suggestion, suggestionsAt } from '#lib/license-keys/suggest.ts'
import { askedBy, type Names } from '#lib/license-keys/terms.ts'
import { termLabels, valueWords } from './term-words.ts'
import { useKeyQuery } from './use-key-query.ts'

const LABEL = 'Key, customer, order or device'
const WORDS_MAX = 200

/** The one field of the list: words, and filters as they are typed. What it says is what the chips beside it say. */
export function KeySearch({ names }: { names: Names }) {
  const { terms, words, change } = useKeyQuery()
  const written = printQuery({ terms, words }, names)
  // What somebody is typing stands as they type it, as long as nobody asks for anything else.
  const [draft, setDraft] = useState<{ text: string; asks: string } | null>(null)
  if (draft && draft.asks !== written) setDraft(null)
  const text = draft?.text ?? written
  const { problems } = parseQuery(text, names)
  const wrong = problems.find(({ begun }) => !begun)

  const box = useRef<HTMLInputElement>(null)
  useSlash(box)
  const id = useId()
  const [offers, setOffers] = useState<Suggestion[]>([])
  const [chosen, setChosen] = useState(-1)

  function type(next: string) {
    const read = parseQuery(next, names)
    const some = { terms: read.terms, words: read.words.slice(0, WORDS_MAX).trim() }
    const isWrong = read.problems.some(({ begun }) => !begun)
    // What is wrong changes nothing: the list stays as it is until it is mended.
    setDraft({ text: next, asks: isWrong ? written : printQuery(some, names) })
    if (!isWrong) change(some, { typing: true })
  }
  function offer() {
    const { value = '', selectionStart } = box.current ?? {}
    setOffers(suggestionsAt(value, selectionStart ?? value.length, names))
    setChosen(-1)
  }
  function take({ text: next, caret }: Suggestion) {
    type(next)
    const element = box.current
    if (!element) return
    element.focus()
    // After React has put the text there.
    requestAnimationFrame(() => {
      element.setSelectionRange(caret, caret)
      offer()
    })
  }
  function clear() {
    setDraft(null)
    setOffers([])
    change({ terms: {}, words: '' })
    box.current?.focus()
  }
  function onKeyDown(event: KeyboardEvent) {
    const { key } = event
    if (offers.length > 0 && (key === 'ArrowDown' || key === 'ArrowUp')) {
      event.preventDefault()
      const count = offers.length
      setChosen((old) => (key === 'ArrowDown' ? (old + 1) % count : (old <= 0 ? count : old) - 1))
      return
    }
    const picked = offers[chosen] ?? (key === 'Tab' ? offers[0] : undefined)
    if (picked && (key === 'Enter' || (key === 'Tab' && !event.shiftKey))) {
      event.preventDefault()
      take(picked)
    } else if (key === 'Escape' && offers.length > 0) setOffers([])
    else if (key === 'Escape' && text) clear()
  }

  const open = offers.length > 0
  return (
    <search
      className={cx(
        'relative flex h-8 items-center rounded-control border bg-raise shadow-soft focus-within:outline focus-within:outline-1 max-sm:grow max-sm:basis-[56vw] sm:w-[clamp(220px,24vw,340px)] pointer-coarse:h-10',
        wrong
          ? 'border-bad focus-within:outline-bad'
          : 'border-line focus-within:border-ring focus-within:outline-ring hover:border-edge/60',
      )}
    >
      <Search size={14} aria-hidden="true" className="ml-2.5 shrink-0 text-mute" />
      <input
        ref={box}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        role="combobox"
        aria-label={LABEL}
        aria-keyshortcuts="/"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${id}-offers`}
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        placeholder={LABEL}
        value={text}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={2_000}
        onChange={(event) => {
          type(event.target.value)
          offer()
        }}
        onBlur={() => {
          setOffers([])
          if (!wrong) setDraft(null)
        }}
        onKeyDown={onKeyDown}
        className="h-full w-full min-w-0 truncate bg-transparent px-2 outline-none"
      />
      <SearchEnd isEmpty={text === ''} onClear={clear} />
      <div
        className={cx(
          // Fixed on a phone, where the row of controls is pushed aside and would cut it off.
          'top-full left-0 z-40 mt-1 w-max min-w-full max-w-[min(520px,90vw)] overflow-hidden rounded-card bg-raise shadow-pop max-sm:fixed max-sm:inset-x-4 max-sm:top-auto max-sm:mt-11 max-sm:w-auto max-sm:min-w-0 max-sm:self-start sm:absolute',
          !open && !wrong && 'hidden',
        )}
      >
        {wrong && <Wrong id={`${id}-wrong`} text={text} problem={wrong} />}
        <div id={`${id}-offers`} role="listbox" aria-label="Filters" hidden={!open} className="p-1">
          {offers.map((each, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus, and its keys choose
            <div
              key={each.label}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === chosen}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(each)}
              className={cx(
                'flex min-h-8 cursor-default items-center gap-4 rounded-sm px-2 hover:bg-hover pointer-coarse:min-h-10',
                at === chosen && 'bg-hover',
              )}
            >
              <span className="truncate font-mono text-sm">{each.label}</span>
              <span className="ml-auto truncate text-mute text-sm">{each.hint || wordsOf(each.label, names)}</span>
            </div>
          ))}
        </div>
      </div>
    </search>
  )
}

/** A filter as a chip would say it. */
function wordsOf(typed: string, names: Names): string {
  const { terms } = parseQuery(typed, names)
  return askedBy(terms)
    .map(({ name, value }) => `${termLabels[name]}: ${valueWords(name, value, names)}`)
    .join(', ')
}

/** What is wrong with what was typed, and where. */
function Wrong({ id, text, problem: { from, to, message } }: { id: string; text: string; problem: Problem }) {
  return (
    <div id={id} role="status" className="px-3 py-2.5">
      <p className="truncate font-mono text-sm" aria-hidden="true">
        <span className="text-mute">{text.slice(Math.max(0, from - 24), from)}</span>
        <span className="text-bad underline decoration-wavy underline-offset-3">{text.slice(from, to) || ' '}</span>
        <span className="text-mute">{text.slice(to)}</span>
      </p>
      <p className="mt-1 text-pretty">{message}</p>
    </div>
  )
}
