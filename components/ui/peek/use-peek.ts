'use client'
import { useQueryState } from 'nuqs'
import type { MouseEvent } from 'react'
import { PEEK, PEEK_WIDE, peekParam } from './peek-param.ts'

const options = { shallow: false, scroll: false } as const

/** What is open at the side of a list, kept in the address: Back closes it, and the address can be sent. */
export function usePeek() {
  const [id, set] = useQueryState(PEEK, peekParam.withOptions(options))
  return {
    id,
    /** From one to the next there is no way back to the first: Back leads out of all of them. */
    open: (next: string) => void set(next, { history: id ? 'replace' : 'push' }),
    /** `isHere`: it has arrived. While it is still on its way, going back would be overtaken by it. */
    close: (isHere: boolean) => {
      if (isHere && cameFromTheList()) window.history.back()
      else void set(null, { history: 'replace' })
    },
  }
}

type Entries = { currentEntry?: { index: number }; entries: () => { url: string | null }[] }

/** True where the page before this one in the browser's history is this list with nothing open: closing goes back to it. */
function cameFromTheList(): boolean {
  const { navigation } = window as unknown as { navigation?: Entries }
  const before = navigation?.entries()[(navigation.currentEntry?.index ?? 0) - 1]?.url
  if (!before) return false
  const here = new URL(window.location.href)
  here.searchParams.delete(PEEK)
  return new URL(before).href === here.href
}

/** Whether a press on a row opens it at the side: a plain one, where there is room. */
export const isPeek = (event: MouseEvent): boolean =>
  !event.defaultPrevented &&
  event.button === 0 &&
  !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) &&
  window.matchMedia(PEEK_WIDE).matches
