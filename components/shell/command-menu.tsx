'use client'
import type { Route } from 'next'
import { Suspense, useEffect, useState } from 'react'
import { later } from '#components/ui/later.ts'

// Loaded when it is first opened.
const popup = later(() => import('./command-window.tsx'))

export type CommandItem = {
  id: string
  label: string
  href: Route
  /** Its heading: "Go to", "License keys". */
  group: string
  /** Said quietly at the right: a status, a product. */
  hint?: string
  /** Other words it should be found by. */
  keywords?: string[]
  /** For keys and ids. */
  mono?: boolean
  /** What was pasted is this and nothing else: it is opened at once. */
  exact?: true
}

export type CommandMenuProps = {
  items: readonly CommandItem[]
  search?: (words: string) => Promise<CommandItem[]>
  /** What stands first while nothing is typed. */
  recent?: () => CommandItem[]
  placeholder?: string
}

const opening = 'command-menu:open'

/** Opens the command menu from anywhere on the page. */
export const openCommandMenu = () => window.dispatchEvent(new Event(opening))

/** Jumps to pages and finds things, by Ctrl or Command and K. `search` asks the server while one types. */
export function CommandMenu({ items, search, recent, placeholder = 'Search or jump to…' }: CommandMenuProps) {
  const [open, setOpen] = useState(false)
  // Stays once it has been open, so that it can close in its own time.
  const [needed, setNeeded] = useState(false)
  if (open && !needed) setNeeded(true)
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      setOpen((old) => !old)
    }
    const show = () => setOpen(true)
    document.addEventListener('keydown', listen)
    window.addEventListener(opening, show)
    return () => {
      document.removeEventListener('keydown', listen)
      window.removeEventListener(opening, show)
    }
  }, [])
  return (
    needed && (
      <Suspense>
        <CommandWindow {...{ items, search, recent, placeholder, open, setOpen }} />
      </Suspense>
    )
  )
}

const CommandWindow = (props: Parameters<typeof import('./command-window.tsx').CommandWindow>[0]) => {
  const part = popup.usePart()
  return <part.CommandWindow {...props} />
}
