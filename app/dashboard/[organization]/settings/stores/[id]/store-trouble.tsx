import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { StoreDetail } from '#lib/stores/queries.ts'
import { helpsAccess, troubleOf, wantsAccess } from '#lib/stores/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { ReplayButton } from './replay-button.tsx'
import { SwitchButton } from './switch-button.tsx'

type Props = { organization: string; store: StoreDetail; mayWrite: boolean; now: Date }

/** What keeps sales from becoming keys, above everything else, with the likely fixes beside it. */
export function StoreTrouble({ organization, store, mayWrite, now }: Props) {
  const { id, offAt, waiting, waits, refusals, lastRefusal, lastRefusedAt, lastDeliveryAt } = store
  const trouble = troubleOf(store, now)
  const asksForAccess = wantsAccess(store)
  return (
    <>
      {offAt && (
        <Notice
          tone="warn"
          title="Switched off"
          actions={
            mayWrite && (
              <SwitchButton
                organization={organization}
                connectionId={id}
                name={store.name}
                store={store.label}
                off={false}
              />
            )
          }
        >
          <Time value={offAt} now={now} />. Deliveries are kept, and acted on once it is on again.
        </Notice>
      )}
      {trouble === 'refused' && lastRefusedAt && (
        <Notice tone="bad" title={`${countText(refusals, 'request')} refused, the last`}>
          <Time value={lastRefusedAt} now={now} />: {lastRefusal} {adviceOn(store)}
        </Notice>
      )}
      {trouble === 'silent' && lastDeliveryAt && (
        <Notice tone="warn" title="Nothing was sent for long:">
          the last delivery came <Time value={lastDeliveryAt} now={now} />. If you sold something since, look at{' '}
          {store.label} whether it still sends to the address below.
        </Notice>
      )}
      {waiting.failed > 0 && (
        <Notice
          tone="bad"
          title={`${countText(waiting.failed, 'delivery', 'deliveries')} could not be handled.`}
          actions={
            <>
              <Button size="sm" href={paths.deliveries({ organization, id }, { state: 'failed' })}>
                Show
              </Button>
              {mayWrite && (
                <ReplayButton organization={organization} connectionId={id} which="failed">
                  Handle again
                </ReplayButton>
              )}
            </>
          }
        >
          Nothing that was sent is lost.
        </Notice>
      )}
      {waiting.unpaid > 0 && (
        <Notice
          tone="warn"
          title={`${countText(waiting.unpaid, 'refund or dispute', 'refunds or disputes')} of a payment that nothing here has:`}
          actions={
            <Button size="sm" href={paths.deliveries({ organization, id }, { state: 'waiting' })}>
              Show
            </Button>
          }
        >
          no keys were taken back for {waiting.unpaid === 1 ? 'it' : 'them'}. Once the payment is told{' '}
          {waiting.unpaid === 1 ? 'it counts' : 'they count'}.{' '}
          {store.store === 'custom' && 'Compare payment_id with the id of the payment that your shop sent.'}
        </Notice>
      )}
      {waits.map(({ for: waitsFor, why, count }) => (
        <Notice
          key={why}
          tone="warn"
          title={`${countText(count, 'sale')} ${count === 1 ? 'waits' : 'wait'}:`}
          actions={
            <>
              <Button size="sm" href={paths.deliveries({ organization, id }, { state: 'waiting' })}>
                Show
              </Button>
              {mayWrite &&
                // Trying again could only do the same again.
                (asksForAccess && helpsAccess(waitsFor) ? (
                  <Button size="sm" variant="primary" href={paths.store({ organization, id }, 'api-access')}>
                    Add API access
                  </Button>
                ) : (
                  <ReplayButton organization={organization} connectionId={id} which="waiting">
                    Try again
                  </ReplayButton>
                ))}
            </>
          }
        >
          {why}{' '}
          {asksForAccess &&
            helpsAccess(waitsFor) &&
            `With API access ${store.label} is asked, and ${count === 1 ? 'it is' : 'they are'} handled at once.`}
        </Notice>
      ))}
    </>
  )
}

const adviceOn = ({ hasSecret, setup, isDistrusted }: StoreDetail): string =>
  setup?.secret && hasSecret && isDistrusted ? 'If it goes on, compare the secret with the one the store shows.' : ''
