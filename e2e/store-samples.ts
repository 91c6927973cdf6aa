import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Delivery } from '../lib/store-facts/reader.ts'

// Bodies as stores send them, with invented people: one file per situation.

const root = path.join(import.meta.dirname, 'store-samples')

/** The names of a store's samples, without their ending. */
export const sampleNames = (store: string): string[] =>
  readdirSync(path.join(root, store))
    .map((file) => file.replace(/\.(json|txt)$/, ''))
    .sort()

/** The bytes of one sample. */
export function sample(store: string, name: string): Buffer {
  const file = readdirSync(path.join(root, store)).find((each) => each.replace(/\.(json|txt)$/, '') === name)
  if (!file) throw new Error(`There is no sample ${name} of ${store}.`)
  return readFileSync(path.join(root, store, file))
}

/** A request with this body and these headers. */
export function deliveryOf(body: Buffer | string, headers: Record<string, string>, receivedAt: Date): Delivery {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { header: (name) => lower.get(name.toLowerCase()) ?? null, body: Buffer.from(body), receivedAt }
}
