import type { PurchaseStatus } from '#prisma/enums.ts'
import type { PurchaseNews } from '../mail/plain.ts'
import { SECOND_THOUGHTS_MS } from '../mail/rules.ts'
import type { MailTo } from '../mail/schema.ts'

/** Which mail tells a buyer that a purchase was ended by hand. */
export const newsOfEnd = (to: Exclude<PurchaseStatus, 'active'>, kind: 'one_time' | 'subscription'): PurchaseNews =>
  to === 'refunded' ? 'refunded' : kind === 'subscription' ? 'ended' : 'canceled'

/** That mail. A cancelation can be taken back, so it waits for second thoughts; what was refunded stays so. */
export function mailOfEnd(
  { id, kind, email }: { id: string; kind: 'one_time' | 'subscription'; email: string },
  to: Exclude<PurchaseStatus, 'active'>,
): MailTo {
  const payload = { purchaseId: id, news: newsOfEnd(to, kind), until: null }
  return { template: 'purchase-news', to: email, payload, ...(to === 'canceled' && { delayMs: SECOND_THOUGHTS_MS }) }
}
