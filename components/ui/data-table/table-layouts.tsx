'use client'
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import { cookieOf, readLayout, type TableLayout, usualLayout, writeLayout } from './table-layout.ts'

/** What this browser's cookies say of its tables, by the names of the tables. */
const Kept = createContext<Readonly<Record<string, string>>>({})

/** Around the pages: tells every table below how somebody wants it, from the first rendering on. */
export function TableLayouts({ kept, children }: { kept: Readonly<Record<string, string>>; children: ReactNode }) {
  return <Kept value={kept}>{children}</Kept>
}

// What was changed since the page came; the cookie itself is read by the server alone.
const changed = new Map<string, string>()
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const YEAR_S = 365 * 86_400

/** How somebody wants a table, and how to change that. */
export function useTableLayout(name: string) {
  const kept = useContext(Kept)[name] ?? ''
  const text = useSyncExternalStore(
    subscribe,
    () => changed.get(name) ?? kept,
    () => kept,
  )
  const layout = readLayout(text)
  const write = (next: TableLayout) => {
    const value = writeLayout(next)
    changed.set(name, value)
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that people use
    document.cookie = `${cookieOf(name)}=${encodeURIComponent(value)}; path=/; max-age=${value ? YEAR_S : 0}; samesite=lax`
    for (const each of listeners) each()
  }
  return {
    layout,
    isUsual: text === '',
    change: (part: Partial<TableLayout>) => write({ ...layout, ...part }),
    reset: () => write(usualLayout),
  }
}
