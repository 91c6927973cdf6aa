import { shell } from '../snippets/quote.ts'
import type { Asked } from './plain.ts'

/** The body of a native call that asks the same, without its key. */
export const callBody = (asked: Asked, organizationId: string): Record<string, unknown> => ({
  organization_id: organizationId,
  ...asked,
})

/** The line of a shell that makes the call. */
export const curlLine = (url: string, key: string, body: Record<string, unknown>): string =>
  `curl ${shell(url)} --max-time 5 -H 'Content-Type: application/json' -d ${shell(JSON.stringify({ key, ...body }))}`
