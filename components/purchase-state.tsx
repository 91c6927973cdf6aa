import { cx } from '#components/ui/cx.ts'
import { Status } from '#components/ui/status.tsx'
import { type PurchaseDates, purchaseDetail, purchaseLook } from '#lib/purchases/look.ts'
import type { ShownPurchaseState } from '#lib/purchases/plain.ts'

/** Where a purchase stands as a dot and a word, and the date that goes with it. */
export function PurchaseState({
  purchase,
  className,
}: {
  purchase: PurchaseDates & { shown: ShownPurchaseState; timeZone: string }
  className?: string
}) {
  const detail = purchaseDetail(purchase.shown, purchase, purchase.timeZone)
  return (
    <span className={cx('inline-flex flex-wrap items-baseline gap-x-2', className)}>
      <Status {...purchaseLook[purchase.shown]} />
      {detail && <span className="text-mute text-sm">{detail}</span>}
    </span>
  )
}
