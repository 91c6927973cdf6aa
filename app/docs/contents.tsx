'use client'
import { ChevronDown, Search } from 'lucide-react'
import { useState } from 'react'
import { Input } from '#components/ui/input.tsx'

export type ContentsGroup = { title: string; href: string; entries: { href: string; label: string; method?: string }[] }

/** Everything on the page, narrowed by what is typed; on a phone folded away. */
export function Contents({ groups }: { groups: ContentsGroup[] }) {
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const found = groups
    .map((group) => ({
      ...group,
      entries: group.entries.filter(({ label, method, href }) =>
        `${group.title} ${label} ${method ?? ''} ${href}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter((group) => group.entries.length > 0 || group.title.toLowerCase().includes(wanted))
  const list = (
    <>
      <Input
        type="search"
        aria-label="Find on this page"
        placeholder="Find a call"
        before={<Search size={14} aria-hidden="true" />}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      {found.length === 0 && <p className="px-2 py-3 text-mute">Nothing found for “{words}”</p>}
      {found.map((group) => (
        <div key={group.href} className="mt-3">
          <a href={group.href} className="block rounded-xs px-2 py-0.5 font-medium text-mute text-xs hover:text-ink">
            {group.title}
          </a>
          <ul>
            {group.entries.map(({ href, label, method }) => (
              <li key={href}>
                <a
                  href={href}
                  className="flex min-h-7 items-center justify-between gap-2 rounded-[6px] px-2 text-mute hover:bg-hover/70 hover:text-ink focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
                >
                  <span>{label}</span>
                  {method && method !== 'GET' && <span className="shrink-0 font-mono text-xs">{method}</span>}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  )
  return (
    <>
      <nav
        aria-label="On this page"
        className="scroll-thin sticky top-12 h-[calc(100dvh-48px)] overflow-y-auto border-line border-r px-2.5 py-3 max-lg:hidden"
        data-print="hide"
      >
        {list}
      </nav>
      <details className="border-line border-b bg-bg lg:hidden" data-print="hide">
        <summary className="flex h-11 items-center justify-between px-4 font-medium sm:px-6">
          On this page
          <ChevronDown size={15} aria-hidden="true" className="text-mute in-open:rotate-180" />
        </summary>
        <nav aria-label="On this page" className="px-2.5 pb-4 sm:px-4">
          {list}
        </nav>
      </details>
    </>
  )
}
