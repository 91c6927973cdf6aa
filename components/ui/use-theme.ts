'use client'
import { useSyncExternalStore } from 'react'

const subscribe = (listener: () => void) => {
  window.addEventListener('theme', listener)
  return () => window.removeEventListener('theme', listener)
}
const chosen = () => document.documentElement.dataset.theme
const unknown = () => undefined

/** What was chosen: light, dark or system; the server does not know. */
export const useTheme = (): string | undefined => useSyncExternalStore(subscribe, chosen, unknown)

/** Chooses a theme, and remembers it in this browser. */
export const setTheme = (theme: string) => void window.dispatchEvent(new CustomEvent('theme:choose', { detail: theme }))
