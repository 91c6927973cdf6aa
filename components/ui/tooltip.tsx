'use client'
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react'

// One popup serves every trigger, so a table with hundreds of times in it stays light; and it is loaded when the first is shown.
const Popup = lazy(() => import('./tooltip-popup.tsx'))

export type Shown = { anchor: Element; content: ReactNode }

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
export function Tooltip({ content, children }: { content: ReactNode; children: ReactNode }) {
  const of = (around: HTMLElement) => {
    const anchor = around.firstElementChild
    return anchor && { anchor, content }
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
  return current && <Suspense>{<Popup {...current} onHide={hide} />}</Suspense>
}
