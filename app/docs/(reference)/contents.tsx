'use client'
import { ChevronDown, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import { cx } from '#components/ui/cx.ts'
import { Input } from '#components/ui/input.tsx'
import type { Chapter } from './chapters.ts'

type Props = { chapters: Pick<Chapter, 'title' | 'href' | 'entries'>[] }

/** All chapters, and what is in the open one; what is typed is looked for in all of them. On a phone folded away. */
export function Contents({ chapters }: Props) {
  const path = usePathname()
  // Following a link folds it in again.
  const [openOn, setOpenOn] = useState<string | null>(null)
  return (
    <>
      <nav
        aria-label="Reference"
        className="scroll-thin sticky top-12 h-[calc(100dvh-48px)] overflow-y-auto border-line border-r px-2.5 py-3 max-lg:hidden"
        data-print="hide"
      >
        <List chapters={chapters} />
      </nav>
      <details
        className="border-line border-b bg-bg lg:hidden"
        data-print="hide"
        open={openOn === path}
        onToggle={(event) => setOpenOn(event.currentTarget.open ? path : null)}
      >
        <summary className="flex h-11 items-center justify-between px-4 font-medium sm:px-6">
          {chapters.find(({ href }) => href === path)?.title ?? 'Contents'}
          <ChevronDown size={15} aria-hidden="true" className="text-mute in-open:rotate-180" />
        </summary>
        <nav aria-label="Reference" className="px-2.5 pb-4 sm:px-4">
          <List chapters={chapters} onGo={() => setOpenOn(null)} />
        </nav>
      </details>
    </>
  )
}

function List({ chapters, onGo }: Props & { onGo?: () => void }) {
  const path = usePathname()
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const found = chapters
    .map((chapter) => ({
      ...chapter,
      entries: wanted
        ? chapter.entries.filter(({ label, method, href }) =>
            `${chapter.title} ${label} ${method ?? ''} ${href}`.toLowerCase().includes(wanted),
          )
        : chapter.href === path
          ? chapter.entries
          : [],
    }))
    .filter(({ entries }) => !wanted || entries.length > 0)
  return (
    <>
      <Input
        type="search"
        aria-label="Find a call"
        placeholder="Find a call"
        before={<Search size={14} aria-hidden="true" />}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        className="mb-2"
      />
      {found.length === 0 && <p className="px-2 py-3 text-mute">Nothing found for “{words}”</p>}
      <ul className="grid gap-0.5">
        {found.map(({ title, href, entries }) => (
          <li key={href}>
            <Link
              href={href}
              onClick={onGo}
              aria-current={href === path ? 'page' : undefined}
              className={cx(
                'flex min-h-[30px] items-center rounded-[6px] px-2 focus-visible:-outline-offset-2 pointer-coarse:min-h-10',
                href === path ? 'bg-line2 font-medium' : 'text-mute hover:bg-hover/70 hover:text-ink',
              )}
            >
              {title}
            </Link>
            {entries.length > 0 && (
              <ul className="my-1 ml-2 border-line border-l pl-1.5">
                {entries.map((entry) => (
                  <li key={entry.href}>
                    <Link
                      href={entry.href}
                      prefetch={false}
                      onClick={onGo}
                      className="flex min-h-7 items-center justify-between gap-2 rounded-[6px] px-2 py-0.5 text-mute hover:bg-hover/70 hover:text-ink focus-visible:-outline-offset-2 pointer-coarse:min-h-10"
                    >
                      <span>{entry.label}</span>
                      {entry.method && entry.method !== 'GET' && (
                        <span className="shrink-0 font-mono text-xs">{entry.method}</span>
                      )}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
