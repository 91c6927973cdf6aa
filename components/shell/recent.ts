'use client'
import type { CommandItem } from './command-menu.tsx'

// What somebody looked at last, kept in this browser until they sign out.

const RECENT_MAX = 6
const PREFIX = 'recent:'

/** The last keys, customers and purchases of an organization that were open here, the latest first. */
export function recentOf(organization: string): CommandItem[] {
  try {
    const items: unknown = JSON.parse(localStorage.getItem(PREFIX + organization) ?? '[]')
    return Array.isArray(items) ? items.filter((item) => item?.id && item.href && item.label).slice(0, RECENT_MAX) : []
  } catch {
    // Storage may be forbidden, or hold what an older version wrote.
    return []
  }
}

/** Puts one first. */
export function remember(organization: string, item: CommandItem) {
  const others = recentOf(organization).filter(({ id }) => id !== item.id)
  try {
    localStorage.setItem(PREFIX + organization, JSON.stringify([item, ...others].slice(0, RECENT_MAX)))
  } catch {
    // Then there are none.
  }
}

/** Forgets all of them: another person may come. */
export function forgetRecent() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    // Nothing is kept then.
  }
}
