'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ComponentProps, Suspense, useEffect, useSyncExternalStore } from 'react'
import type { toast as Sonner } from 'sonner'
import { later } from './later.ts'

// Loaded with the first message: most pages never have one.
const corner = later(() => import('./toast-sheet.tsx'))

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
  // Everything on the page answers by now, see first-script.ts.
  useEffect(() => void window.dispatchEvent(new Event('page:ready')), [])
  return (
    wanted && (
      <Suspense>
        <Sheet onThere={(say) => there(say)} />
      </Suspense>
    )
  )
}

function Sheet(props: ComponentProps<typeof import('./toast-sheet.tsx').default>) {
  const part = corner.usePart()
  return <part.default {...props} />
}
