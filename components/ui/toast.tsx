'use client'
import { lazy, Suspense, useSyncExternalStore } from 'react'
import type { toast as Sonner } from 'sonner'

// Loaded with the first message: most pages never have one.
const Sheet = lazy(() => import('./toast-sheet.tsx'))

type Say = typeof Sonner
let isWanted = false
let saying: Promise<Say> | undefined
let there: (say: Say) => void = () => {}
const listeners = new Set<() => void>()

function sheet(): Promise<Say> {
  saying ??= new Promise((resolve) => {
    there = resolve
    isWanted = true
    for (const listener of listeners) listener()
  })
  return saying
}

type Name = 'success' | 'error' | 'info' | 'warning'
const saysAs =
  <N extends Name>(name: N) =>
  (...what: Parameters<Say[N]>): void =>
    void sheet().then((say) => (say[name] as (...all: unknown[]) => unknown)(...what))

/** Says something for a moment, in a corner: `toast.success('Saved')`. */
export const toast = {
  success: saysAs('success'),
  error: saysAs('error'),
  info: saysAs('info'),
  warning: saysAs('warning'),
}

/** Where short-lived messages appear; stands once in the root layout. */
export function Toaster() {
  const wanted = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isWanted,
    () => false,
  )
  return wanted && <Suspense>{<Sheet onThere={(say) => there(say)} />}</Suspense>
}
