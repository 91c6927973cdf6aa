'use client'
import { useEffect, useRef } from 'react'

/** What the focus may come to by itself: nothing that opens the keyboard of a phone. */
const TARGETS = 'a[href], button:not([disabled]), summary, [role=switch], [role=checkbox]'

/** What is open over the page. */
const OPEN = ':is([role=dialog], [role=alertdialog]):not([aria-modal=false]), [role=menu], [role=listbox]'

/**
 * Keeps a place for people without a mouse when what they were on is taken away, as a button is by what it did: the
 * first control of what is left around it, and on another page the beginning of its content. Browsers would leave the focus nowhere.
 */
export function useKeptFocus(main: { readonly current: HTMLElement | null }) {
  const at = useRef({ path: '', around: [] as HTMLElement[] })

  useEffect(() => {
    let asked = 0
    function remember({ target }: FocusEvent) {
      if (!(target instanceof HTMLElement) || !main.current?.contains(target)) return
      const around: HTMLElement[] = []
      for (let each: HTMLElement | null = target; each && each !== main.current; each = each.parentElement)
        around.push(each)
      at.current = { path: window.location.pathname, around }
    }
    const isLost = () => document.activeElement === document.body && at.current.around[0]?.checkVisibility() === false
    function mend() {
      // What is open over the page has a place of its own, and gives it back when it closes; messages have none.
      if (!isLost() || document.querySelector(OPEN)) return
      const { around, path: was } = at.current
      const left = was === window.location.pathname ? around.find((each) => each.checkVisibility()) : undefined
      const next = [...(left?.querySelectorAll<HTMLElement>(TARGETS) ?? [])].find((each) => each.checkVisibility())
      at.current = { path: window.location.pathname, around: [] }
      ;(next ?? main.current)?.focus({ preventScroll: true })
    }
    // A moment later: what replaces something may place the focus itself.
    const observer = new MutationObserver(() => {
      if (!isLost()) return
      cancelAnimationFrame(asked)
      asked = requestAnimationFrame(() => {
        asked = requestAnimationFrame(mend)
      })
    })
    document.addEventListener('focusin', remember)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => {
      cancelAnimationFrame(asked)
      observer.disconnect()
      document.removeEventListener('focusin', remember)
    }
  }, [main])
}
