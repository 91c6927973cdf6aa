'use client'
import { throttle } from 'nuqs'
import { type TransitionStartFunction, useEffect, useRef } from 'react'

const PAUSE_MS = 250
/** Until somebody pauses; there is one address, whoever writes it. */
let pause: ReturnType<typeof setTimeout> | undefined

type Set<Values> = (
  values: Values,
  options?: Partial<{
    history: 'push' | 'replace'
    limitUrlUpdates: ReturnType<typeof throttle>
    startTransition: TransitionStartFunction
  }>,
) => unknown

/**
 * Writes what somebody asks for into the address: what is typed when they pause, all of it at once, anything else now. A write that comes
 * when the page is being left already would put an end to that, since the router knows only the newest way to go: it is left out.
 */
export function useTyping<Values>(set: Set<Values>, startTransition: TransitionStartFunction) {
  const departures = useRef(0)
  useEffect(() => {
    const leave = () => {
      departures.current++
      clearTimeout(pause)
    }
    window.addEventListener('page:leaves', leave)
    return () => window.removeEventListener('page:leaves', leave)
  }, [])

  /** What was typed and needs no pause is `typed`. Going back does not know each letter. */
  return (values: Values, how: 'now' | 'typed' | 'typing' = 'now') => {
    clearTimeout(pause)
    const asked = departures.current
    // The address is written a moment after it was asked for.
    const unlessLeft: TransitionStartFunction = (write) => {
      if (departures.current === asked) startTransition(write)
    }
    const history = how === 'now' ? {} : ({ history: 'replace' } as const)
    const write = () => void set(values, { ...history, startTransition: unlessLeft })
    if (how !== 'typing') return write()
    // Shown, and not written by itself.
    void set(values, { ...history, limitUrlUpdates: throttle(Number.POSITIVE_INFINITY) })
    pause = setTimeout(write, PAUSE_MS)
  }
}
