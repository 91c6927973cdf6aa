'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useSyncExternalStore } from 'react'
import { type Instant, relativeTime } from './relative-time.ts'
import { Tooltip } from './tooltip.tsx'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let tick = 0

// One timer moves every time on the page.
function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    tick = Date.now()
    for (const each of listeners) each()
  }, 30_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** How long ago or ahead, kept current; the exact instant on hover. Pass `now` from the server to make both sides agree. */
export function Time({ value, now, className }: { value: Instant; now?: Instant; className?: string }) {
  const ticked = useSyncExternalStore(
    subscribe,
    () => tick,
    () => 0,
  )
  return (
    <Tooltip instant={value}>
      <time dateTime={new Date(value).toISOString()} className={className} suppressHydrationWarning>
        {relativeTime(value, ticked || now || Date.now())}
      </time>
    </Tooltip>
  )
}
