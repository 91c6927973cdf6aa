'use client'
import { type RefObject, useEffect } from 'react'
import { isTyping } from './use-slash.ts'

const links = (table: HTMLElement) => [...table.querySelectorAll<HTMLElement>('a[data-row]')]
const rowOf = (link: Element | null) => link?.closest('tr') ?? null

/** Ticks a row as a press on its box would; with shift, all from the one that was ticked last. */
function tick(row: Element | null, shiftKey: boolean) {
  const box = row?.querySelector('input[type=checkbox]')
  box?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }))
}
const isTicked = (row: Element | null) => row?.getAttribute('aria-selected') === 'true'

/**
 * Walks the rows of a table by keyboard: j and k or the arrows, x ticks, with shift a whole stretch, c copies, Space opens as Enter does,
 * Escape lets go. Letters
 * count wherever the focus is, but in boxes, and while a window or a menu is open.
 */
export function useRowKeys(table: RefObject<HTMLElement | null>, letGo: () => void) {
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      const all = table.current ? links(table.current) : []
      const target = event.target as HTMLElement
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || all.length === 0) return
      if (document.querySelector('[role=dialog],[role=menu],[role=alertdialog]')) return
      // A box of a row is no field.
      const isBox = target instanceof HTMLInputElement && target.type === 'checkbox' && table.current?.contains(target)
      if (isTyping(event) && !isBox) return
      const here = rowOf(document.activeElement)
      const at = all.findIndex((link) => rowOf(link) === here)
      const inTable = table.current?.contains(document.activeElement)
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const by =
        key === 'j' || (key === 'ArrowDown' && at >= 0) ? 1 : key === 'k' || (key === 'ArrowUp' && at >= 0) ? -1 : 0
      if (by !== 0) {
        const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))]
        if (event.shiftKey && at >= 0) {
          if (!isTicked(here)) tick(here, false)
          if (next && rowOf(next) !== here) tick(rowOf(next), !isTicked(rowOf(next)))
        }
        next?.focus()
        next?.scrollIntoView({ block: 'nearest' })
      } else if (key === 'x' && at >= 0) tick(here, event.shiftKey)
      else if (key === 'c' && at >= 0) here?.querySelector<HTMLElement>('[data-copy]')?.click()
      else if (key === 'Enter' && isBox && at >= 0) all[at]?.click()
      // A page would scroll.
      else if (key === ' ' && target === all[at]) all[at]?.click()
      else if (key === 'Escape' && inTable) letGo()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [table, letGo])
}
