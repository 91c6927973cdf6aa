'use client'
import { type RefObject, useEffect } from 'react'

/** True where a key means a letter: it must not be taken for a shortcut. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Makes "/" jump into this box, from anywhere on the page but other boxes. */
export function useSlash(box: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    function jump(event: KeyboardEvent) {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      event.preventDefault()
      box.current?.focus()
      box.current?.select()
    }
    document.addEventListener('keydown', jump)
    return () => document.removeEventListener('keydown', jump)
  }, [box])
}
