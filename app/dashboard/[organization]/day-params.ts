import { parseAsString } from 'nuqs/server'
import { DAY_MS } from '#lib/base/days.ts'

/** Two days in the address of a list, both included. */
export const dayParams = { from: parseAsString.withDefault(''), to: parseAsString.withDefault('') }

/** The time that two such days stand for. */
export function timeOf({ from, to }: { from: string; to: string }): { from?: Date; to?: Date } {
  const [first, last] = [startOf(from), startOf(to)]
  return { ...(first && { from: first }), ...(last && { to: new Date(last.getTime() + DAY_MS) }) }
}

// Anything may stand in an address.
function startOf(text: string): Date | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return day && !Number.isNaN(day.getTime()) ? day : undefined
}
