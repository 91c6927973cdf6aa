import { Status } from '#components/ui/status.tsx'
import { messageLook } from '#lib/webhook-endpoints/plain.ts'
import type { MessageItem } from '#lib/webhook-endpoints/queries.ts'

/** Where a message stands. */
export function MessageState({
  message: { state, isOnItsWay },
}: {
  message: Pick<MessageItem, 'state' | 'isOnItsWay'>
}) {
  if (state === 'waiting' && isOnItsWay) return <Status tone="warn" label="Being sent" />
  return <Status {...messageLook[state]} />
}
