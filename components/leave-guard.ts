'use client'
import { type RefObject, useEffect, useRef } from 'react'
import type { FormState } from '#lib/web/action.ts'

const QUESTION = 'Leave this page? Your changes are not saved.'

let isEdited: (() => boolean) | null = null

/** Asks before an edited form is left by the program's own ways, such as the command menu; true when it may be left. */
export const mayLeave = (): boolean => !isEdited?.() || window.confirm(QUESTION)

/** Asks before an edited form is left: by a link, by going back, by closing the page. Not once it is saved. */
export function useLeaveGuard(
  form: RefObject<HTMLFormElement | null>,
  state: FormState,
  saved = state.status === 'ok',
) {
  const opened = useRef<string | null>(null)
  const isSaved = useRef(false)
  // What is saved is what later changes are held against.
  useEffect(() => {
    isSaved.current = saved
    if (opened.current === null || saved) opened.current = textOf(form.current)
  }, [form, saved])
  useEffect(() => {
    // A form that is not there any more, while the next page takes its place, has nothing to lose.
    const edited = () =>
      form.current !== null && !isSaved.current && opened.current !== null && textOf(form.current) !== opened.current
    const lifted = new AbortController()
    const { signal } = lifted
    isEdited = edited
    // The page is reloaded and puts back what was typed, see first-script.ts.
    window.addEventListener('page:kept', () => (isSaved.current = true), { signal })
    window.addEventListener('beforeunload', (event) => edited() && event.preventDefault(), { signal })
    // Before the router sees it, and before React does.
    document.addEventListener(
      'click',
      (event) => {
        const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href]')
        if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        if (link.target && link.target !== '_self') return
        const { origin, pathname } = new URL(link.href, location.href)
        if (origin !== location.origin || pathname === location.pathname || mayLeave()) return
        event.preventDefault()
        event.stopPropagation()
      },
      { capture: true, signal },
    )
    // Back and forward, where the browser tells beforehand.
    const { navigation } = window as unknown as { navigation?: EventTarget }
    navigation?.addEventListener(
      'navigate',
      (event) => {
        const { navigationType } = event as unknown as { navigationType: string }
        if (navigationType === 'traverse' && event.cancelable && !mayLeave()) event.preventDefault()
      },
      { signal },
    )
    return () => {
      lifted.abort()
      if (isEdited === edited) isEdited = null
    }
  }, [form])
}

// What a form would send; a file by its name.
const textOf = (form: HTMLFormElement | null): string | null =>
  form &&
  JSON.stringify([...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]))
