'use client'
import { Search } from 'lucide-react'
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs'
import { useRef } from 'react'
import { cx } from '../cx.ts'
import { useListOptions } from './list-transition.ts'
import { SearchEnd } from './search-end.tsx'
import { useSlash } from './use-slash.ts'
import { useTyping } from './use-typing.ts'

/** Searches the list by the `q` of the address while one types; "/" jumps here. */
export function SearchInput({
  placeholder = 'Search',
  label = placeholder,
  className,
}: {
  placeholder?: string
  label?: string
  className?: string
}) {
  const options = useListOptions('replace')
  const [{ q }, set] = useQueryStates({ q: parseAsString.withDefault(''), page: parseAsInteger }, options)
  const ask = useTyping(set, options.startTransition)
  const box = useRef<HTMLInputElement>(null)
  useSlash(box)
  const clear = () => {
    ask({ q: null, page: null })
    box.current?.focus()
  }
  return (
    <search
      className={cx(
        'flex h-8 items-center rounded-control max-sm:grow max-sm:basis-[56vw] border border-line bg-raise shadow-soft focus-within:border-ring focus-within:outline focus-within:outline-1 focus-within:outline-ring hover:border-edge/60 sm:w-[clamp(200px,24vw,300px)] pointer-coarse:h-10',
        className,
      )}
    >
      <Search size={14} aria-hidden="true" className="ml-2.5 shrink-0 text-mute" />
      <input
        ref={box}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        value={q}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onChange={({ target: { value } }) => ask({ q: value || null, page: null }, value ? 'typing' : 'typed')}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && q) clear()
        }}
        className="h-full w-full min-w-0 truncate bg-transparent px-2 outline-none"
      />
      <SearchEnd isEmpty={q === ''} onClear={clear} />
    </search>
  )
}
