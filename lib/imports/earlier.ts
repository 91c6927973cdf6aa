import '#server-only'
import { idFrom } from '../base/ids.ts'
import { sixBytes } from './collect.ts'
import type { Decision } from './decide.ts'

/** What earlier batches of one way through the files came to, for what the database does not say. */
export type Earlier = ReturnType<typeof earlierBatches>

/**
 * Remembers what batches came to, in six bytes a key. A check writes nothing, so everything it would have written is remembered; while an
 * import writes, the database knows all but the names of keys that got another id.
 */
export function earlierBatches({ writes }: { writes: boolean }) {
  const keys = new Set<number>()
  const devices = new Set<number>()
  const emails = new Set<string>()
  const orders = new Set<string>()
  const products = new Set<string>()
  const renamed = new Map<string, string>()
  return {
    /** By its id, or by the hash of its string. */
    hasKey: (idOrHash: string) => keys.has(sixBytes(idOrHash)),
    hasDevice: (id: string) => devices.has(sixBytes(id)),
    hasEmail: (email: string) => emails.has(email),
    hasOrder: (reference: string) => orders.has(reference),
    hasProduct: (name: string) => products.has(name),
    /** The id that the key stands under which files call so. */
    keyId: (text: string) => renamed.get(text) ?? idFrom(text),

    remember({ rows, renamed: own }: Decision) {
      for (const [text, id] of own) renamed.set(text, id)
      if (writes) return
      for (const { id, key_hash } of rows.keys) keys.add(sixBytes(id)).add(sixBytes(key_hash))
      for (const { id } of rows.activations) devices.add(sixBytes(id))
      for (const { email } of rows.customers) emails.add(email)
      for (const { reference } of rows.purchases) orders.add(reference)
      for (const { name } of rows.products) products.add(name)
    },
  }
}
