import Link from 'next/link'
import { Badge } from '#components/ui/badge.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import type { StoreSummary } from '#lib/stores/queries.ts'
import { storeLook, troubleOf } from '#lib/stores/rules.ts'
import * as paths from '#lib/web/paths.ts'

/** One connection: where it stands, when it was last heard of, and what wants somebody. */
export function StoreRow({ store, organization, now }: { store: StoreSummary; organization: string; now: Date }) {
  const { id, name, label, mode, state, lastDeliveryAt } = store
  return (
    <li className="@container relative border-line2 border-t px-3.5 py-3 first:border-t-0 hover:bg-hover">
      <div className="grid gap-x-5 gap-y-1.5 @min-[720px]:grid-cols-[minmax(0,4fr)_minmax(0,5fr)_6rem_minmax(0,4fr)] @min-[720px]:items-center">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
            <Link
              href={paths.store({ organization, id })}
              className="min-w-0 break-words rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
            >
              {name}
            </Link>
            {mode === 'test' && <Badge>Test</Badge>}
          </p>
          <p className="text-mute text-sm first-letter:uppercase">
            {name === label ? '' : `${label}, `}
            {mode === 'live' ? 'live sales' : 'tests'}
          </p>
        </div>
        <Status {...storeLook[state]} />
        <p className="@max-[720px]:flex @max-[720px]:items-baseline @max-[720px]:gap-2">
          <span className="text-mute text-sm @min-[720px]:block">Last delivery</span>{' '}
          <span>{lastDeliveryAt ? <Time value={lastDeliveryAt} now={now} /> : 'None yet'}</span>
        </p>
        <Wants store={store} now={now} />
      </div>
    </li>
  )
}

function Wants({ store, now }: { store: StoreSummary; now: Date }) {
  const { waiting, refusals, lastRefusedAt } = store
  const { products, sales, failed, unpaid } = waiting
  // What was refused before the last delivery was believed is no news.
  const isRefused = troubleOf(store, now) === 'refused'
  if (products + failed + unpaid === 0 && !isRefused) return null
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {products > 0 && (
        <Badge tone="warn">
          {countText(products, 'product')} to place{sales > 0 && `, ${countText(sales, 'sale')} waiting`}
        </Badge>
      )}
      {unpaid > 0 && <Badge tone="warn">{countText(unpaid, 'refund')} without a payment</Badge>}
      {failed > 0 && <Badge tone="bad">{countText(failed, 'delivery', 'deliveries')} failed</Badge>}
      {isRefused && lastRefusedAt && (
        <span className="text-mute text-sm">
          {countText(refusals, 'request')} refused, last <Time value={lastRefusedAt} now={now} />
        </span>
      )}
    </p>
  )
}
