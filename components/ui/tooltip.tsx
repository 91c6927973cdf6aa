'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ComponentProps, type ReactNode, Suspense, useSyncExternalStore } from 'react'
import { later } from './later.ts'
import type { Instant } from './relative-time.ts'

// One popup serves every trigger, so a table with hundreds of times in it stays light; and it is loaded when the first is shown.
const popup = later(() => import('./tooltip-popup.tsx'), true)

type Words =
  | { content: ReactNode; instant?: undefined }
  /** To the second, and as the clock of the reader shows it. */
  | { instant: Instant; content?: undefined }
export type Shown = Words & { anchor: Element }

const DELAY_MS = 350
let shown: Shown | null = null
let waiting: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function set(next: Shown | null) {
  clearTimeout(waiting)
  if (next === shown) return
  shown = next
  for (const listener of listeners) listener()
}
const hide = () => set(null)
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Shows supplementary words on hover and on keyboard focus; never the only place something is said. */
export function Tooltip({ children, ...words }: Words & { children: ReactNode }) {
  const of = (around: HTMLElement) => {
    const anchor = around.firstElementChild
    return anchor && { ...words, anchor }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has no box of its own; it hears what the control in it is told
    <span
      className="contents"
      onPointerOver={({ currentTarget, pointerType }) => {
        const next = of(currentTarget)
        if (pointerType === 'touch' || next?.anchor === shown?.anchor) return
        clearTimeout(waiting)
        waiting = setTimeout(() => set(next), DELAY_MS)
      }}
      onPointerOut={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) hide()
      }}
      onFocus={({ currentTarget, target }) => {
        if (target.matches(':focus-visible')) set(of(currentTarget))
      }}
      onBlur={hide}
    >
      {children}
    </span>
  )
}

/** The popup all tooltips share; stands once in the root layout. */
export function TooltipLayer() {
  const current = useSyncExternalStore(
    subscribe,
    () => shown,
    () => null,
  )
  return (
    current && (
      <Suspense>
        <Popup {...current} onHide={hide} />
      </Suspense>
    )
  )
}

function Popup(props: ComponentProps<typeof import('./tooltip-popup.tsx').default>) {
  const part = popup.usePart()
  return <part.default {...props} />
}
