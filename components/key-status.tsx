import { Status } from '#components/ui/status.tsx'
import { statusLook, statusWords } from '#lib/license-keys/look.ts'
import type { ShownStatus } from '#lib/license-keys/plain.ts'

/** The state of a key as a dot and a word; what expires soon says when. */
export function KeyStatus({ status, expiresAt, now }: { status: ShownStatus; expiresAt: Date | null; now: Date }) {
  return <Status tone={statusLook[status].tone} label={statusWords({ status, expiresAt }, now)} />
}
