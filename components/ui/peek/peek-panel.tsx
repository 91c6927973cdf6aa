'use client'
import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import { isTyping } from '../data-table/use-slash.ts'
import { IconButton } from '../icon-button.tsx'
import { Skeleton } from '../skeleton.tsx'
import { PEEK_WIDE } from './peek-param.ts'
import { usePeek } from './use-peek.ts'

const links = () => [...document.querySelectorAll<HTMLElement>('a[data-peek]')]
/** Each thing once, in the order of the list. */
const idsOf = () => [...new Set(links().map((link) => link.dataset.peek ?? ''))]
const linkOf = (id: string) => links().find((link) => link.dataset.peek === id)

/**
 * One thing of a list, beside the list: the list stays as it is and can be used. j and k go on to the next and the one before, Escape
 * closes, Enter opens the page. What is in it comes from the server; until it is there, its shape.
 */
export function PeekPanel({
  shown,
  label,
  title,
  children,
}: {
  /** What the server drew; '' for nothing. */
  shown: string
  /** Names it for screen readers: "License key …". */
  label: string
  title: ReactNode
  children: ReactNode
}) {
  const { id, open, close } = usePeek()
  const panel = useRef<HTMLElement>(null)
  const [beside, setBeside] = useState<{ before?: string | undefined; next?: string | undefined }>({})
  const isHere = shown === id

  const neighbors = () => {
    const ids = idsOf()
    const at = ids.indexOf(id)
    return { before: at > 0 ? ids[at - 1] : undefined, next: ids[at + 1] }
  }
  const go = (to: string | undefined) => {
    if (!to) return
    open(to)
    linkOf(to)?.scrollIntoView({ block: 'nearest' })
  }
  const leave = () => {
    const row = linkOf(id)
    close(isHere)
    row?.focus()
  }
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey || event.defaultPrevented || isTyping(event))
      return
    if (document.querySelector('[role=dialog],[role=menu],[role=listbox]:not([hidden]),[role=alertdialog]')) return
    if (event.key === 'Escape') leave()
    else if (event.key === 'j') go(neighbors().next)
    else if (event.key === 'k') go(neighbors().before)
    else if (event.key === 'Enter' && event.target === panel.current)
      panel.current?.querySelector<HTMLElement>('a[data-peek-page]')?.click()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  const isOpen = id !== ''
  useEffect(() => {
    if (!isOpen) return
    // Before the list hears them, which walks its rows by the same keys.
    document.addEventListener('keydown', listen, true)
    return () => document.removeEventListener('keydown', listen, true)
  }, [isOpen])

  useEffect(() => {
    if (isOpen) panel.current?.focus({ preventScroll: true })
  }, [isOpen])

  // An address that was sent to a phone leads to the page.
  useEffect(() => {
    if (!isHere || !isOpen || window.matchMedia(PEEK_WIDE).matches) return
    const page = panel.current?.querySelector<HTMLAnchorElement>('a[data-peek-page]')
    if (!page) return
    const go = () => window.location.replace(page.href)
    // What still comes of this page would be cut off, and React complains of that.
    if (document.readyState === 'complete') return go()
    window.addEventListener('load', go)
    return () => window.removeEventListener('load', go)
  }, [isHere, isOpen])

  // Which row is before and behind this one is known once the list is drawn.
  const look = useEffectEvent(() => setBeside(neighbors()))
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thing has others beside it
  useEffect(() => {
    if (isOpen) look()
  }, [isOpen, id, shown])

  if (!isOpen) return null
  return (
    <section
      ref={panel}
      data-peek-panel
      data-print="hide"
      aria-label={isHere ? label : 'Loading'}
      aria-busy={!isHere}
      tabIndex={-1}
      className="fixed inset-y-0 right-0 z-30 flex w-[480px] flex-col border-line border-l bg-bg shadow-pop outline-none transition duration-150 focus-visible:outline-none max-lg:hidden motion-safe:starting:translate-x-6 motion-safe:starting:opacity-0"
    >
      <div className="flex min-h-[52px] items-center gap-1 border-line border-b bg-panel py-2 pr-3 pl-5">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
          {isHere ? title : <Skeleton className="h-4 w-44" />}
        </div>
        {beside.before && (
          <IconButton label="The one before" onClick={() => go(beside.before)}>
            <ChevronUp size={16} aria-hidden="true" />
          </IconButton>
        )}
        {beside.next && (
          <IconButton label="The next one" onClick={() => go(beside.next)}>
            <ChevronDown size={16} aria-hidden="true" />
          </IconButton>
        )}
        <IconButton label="Close" onClick={leave}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-5 py-4" key={id}>
        {isHere ? children : <Shape />}
      </div>
      <span aria-live="polite" className="sr-only">
        {isHere ? label : ''}
      </span>
    </section>
  )
}

function Shape() {
  return (
    <div className="grid gap-3.5">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-28 w-full" />
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  )
}
