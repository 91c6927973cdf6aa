'use client'
import { useSyncExternalStore } from 'react'
import { dayText, exactTime, type Instant, relativeTime } from './relative-time.ts'
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
    <Tooltip content={<ExactTime value={value} />}>
      <time dateTime={new Date(value).toISOString()} className={className} suppressHydrationWarning>
        {relativeTime(value, ticked || now || Date.now())}
      </time>
    </Tooltip>
  )
}

/** A day as "30 Aug 2027"; the exact instant on hover. */
export function DateText({ value, className }: { value: Instant; className?: string }) {
  return (
    <Tooltip content={<ExactTime value={value} />}>
      <time dateTime={new Date(value).toISOString()} className={className}>
        {dayText(value)}
      </time>
    </Tooltip>
  )
}

function ExactTime({ value }: { value: Instant }) {
  const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(value))
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <span className="grid grid-cols-[auto_auto] gap-x-3">
      <span className="opacity-70">Exact</span>
      <span>{exactTime(value)}</span>
      {zone !== 'UTC' && (
        <>
          <span className="opacity-70">Yours</span>
          <span>
            {local} ({zone})
          </span>
        </>
      )}
    </span>
  )
}
