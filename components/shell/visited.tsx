'use client'
import { useEffect } from 'react'
import type { CommandItem } from './command-menu.tsx'
import { remember } from './recent.ts'

/** Remembers that its page was open, for the command menu. Shows nothing. */
export function Visited({ organization, item }: { organization: string; item: Omit<CommandItem, 'group'> }) {
  const { id, label, href, hint, mono } = item
  useEffect(() => {
    remember(organization, { id, label, href, group: 'Recent', ...(hint && { hint }), ...(mono && { mono }) })
  }, [organization, id, label, href, hint, mono])
  return null
}
