'use client'
import { useSyncExternalStore } from 'react'
import type { Column } from './column.ts'

const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

// Storage may be forbidden, full, or hold what an older version wrote.
function read(key: string) {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function parse(text: string): Record<string, boolean> {
  try {
    const value: unknown = JSON.parse(text)
    return value && typeof value === 'object' ? (value as Record<string, boolean>) : {}
  } catch {
    return {}
  }
}

/** Which columns are shown, remembered in this browser; the server always renders the default. */
export function useColumnChoice<Row>(name: string, columns: readonly Column<Row>[], sort?: string) {
  const key = `columns:${name}`
  const stored = parse(
    useSyncExternalStore(
      subscribe,
      () => read(key),
      () => '',
    ),
  )
  const visible: Record<string, boolean> = {}
  for (const column of columns)
    visible[column.id] = column.fixed || (stored[column.id] ?? (!column.hidden || column.id === sort))
  const write = (text: string | null) => {
    try {
      if (text === null) localStorage.removeItem(key)
      else localStorage.setItem(key, text)
    } catch {
      return
    }
    for (const each of listeners) each()
  }
  return {
    visible,
    changed: Object.keys(stored).length > 0,
    choose: (id: string, on: boolean) => write(JSON.stringify({ ...stored, [id]: on })),
    reset: () => write(null),
  }
}
