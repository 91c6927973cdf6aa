import '#server-only'
import { exactJson } from '../base/json.ts'
import type { BodyKind, HttpRequest } from './request.ts'

/** What a request's body says, or why it says nothing. */
export type Body = { value: unknown } | { problem: 'not_json' | 'too_large' }

// Bytes that are not UTF-8 are refused, not mended.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a body of at most `maxBytes`: JSON under any content type (clients name many), undefined where there is none. */
export async function readBody(request: HttpRequest, kind: BodyKind, maxBytes: number): Promise<Body> {
  if (kind === 'none') return { value: undefined }
  try {
    const bytes = await request.body(maxBytes)
    if (!bytes) return { problem: 'too_large' }
    if (kind !== 'json' && bytes.byteLength === 0) return { value: undefined }
    const text = utf8.decode(bytes)
    if (kind === 'form') {
      const sent = request.header('content-type') ?? ''
      // Only the type itself is the same in capitals; a boundary is not.
      const type = sent.toLowerCase()
      if (type.includes('x-www-form-urlencoded')) return { value: Object.fromEntries(new URLSearchParams(text)) }
      if (type.includes('multipart/form-data')) return { value: await readMultipart(text, sent) }
    }
    return { value: exactJson(text) }
  } catch {
    // A body that broke off is none either.
    return { problem: 'not_json' }
  }
}

const readMultipart = async (text: string, type: string): Promise<unknown> =>
  Object.fromEntries(await new Response(text, { headers: { 'content-type': type } }).formData())
