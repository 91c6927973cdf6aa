'use client'
import { createContext, type TransitionStartFunction, useContext, useTransition } from 'react'

const none: TransitionStartFunction | null = null

/** The transition of the list around a control, so that the table dims while the server answers. */
export const ListTransition = createContext<TransitionStartFunction | null>(none)

/** The options every list control writes the address with. */
export function useListOptions(history: 'push' | 'replace' = 'push') {
  const [, own] = useTransition()
  const startTransition = useContext(ListTransition) ?? own
  return { shallow: false, history, startTransition } as const
}
