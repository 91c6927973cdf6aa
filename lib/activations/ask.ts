import '#server-only'
import { z } from 'zod'
import { env } from '../base/env.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'

// Software that finds all places of a key taken is given an address, where the owner of the key makes room for that very device. What the
// software said of it travels in the address, sealed: nothing is stored, so nobody fills a table by asking, and any process can open it.

const LIFETIME_MS = 30 * 60_000

const Ask = z.object({ k: z.uuid(), l: z.string(), f: z.string().nullable(), t: z.number() })

/** For which key and device somebody asks for a place, and since when. */
export type DeviceAsk = { licenseKeyId: string; label: string; fingerprint: string | null; askedAt: Date }

/** The address where the owner of a key makes room for a device; good for half an hour, and worth nothing without signing in. */
export function manageUrl({ licenseKeyId, label, fingerprint, askedAt }: DeviceAsk): string {
  const ask = { k: licenseKeyId, l: label, f: fingerprint, t: askedAt.getTime() } satisfies z.infer<typeof Ask>
  const sealed = Buffer.from(seal('device-ask', JSON.stringify(ask))).toString('base64url')
  return new URL(paths.replaceDevice({ ask: sealed }), env().LATCHKEY_URL).href
}

/** What such an address asks for; null when it is too old or none of ours. */
export function readAsk(sealed: string, now: Date): DeviceAsk | null {
  if (sealed.length > 8_000) return null
  try {
    const { k, l, f, t } = Ask.parse(JSON.parse(unseal('device-ask', Buffer.from(sealed, 'base64url'))))
    const age = now.getTime() - t
    if (age > LIFETIME_MS || age < -60_000) return null
    return { licenseKeyId: k, label: l, fingerprint: f, askedAt: new Date(t) }
  } catch {
    return null
  }
}
