import type { ReactNode } from 'react'
import { Notice } from '#components/ui/notice.tsx'
import { Time } from '#components/ui/time.tsx'
import type { EndpointDetail } from '#lib/webhook-endpoints/queries.ts'
import { endpointState, whyGivenUp } from '#lib/webhook-endpoints/rules.ts'
import { Moment } from '../moment.tsx'
import { SwitchButton } from './switch-button.tsx'

/** What is wrong with an endpoint, since when, and what follows from that. */
export function EndpointTrouble({
  organization,
  endpoint,
  mayWrite,
  now,
}: {
  organization: string
  endpoint: EndpointDetail
  mayWrite: boolean
  now: Date
}) {
  const { id, url, disabledAt, failingSince, pausedUntil } = endpoint
  const why = lowered(whyGivenUp(endpoint))
  const on = mayWrite && <SwitchButton organization={organization} endpointId={id} url={url} off={false} />
  switch (endpointState(endpoint, now)) {
    case 'off':
    case 'given_up':
      return (
        <Told
          tone={endpoint.disabledReason === 'by_hand' ? 'off' : 'bad'}
          title={
            <>
              Switched off on {disabledAt && <Moment at={disabledAt} />}
              {why ? ':' : '.'}
            </>
          }
          actions={on}
        >
          {why} Nothing is kept for it while it is off.
        </Told>
      )
    case 'failing':
      return (
        <Told tone="bad" title="Failing:">
          {failingSince && (
            <>
              the first failure came <Time value={failingSince} now={now} />, and no attempt has succeeded since. After
              five days it is switched off, and its owners get a mail.
            </>
          )}
        </Told>
      )
    case 'paused':
      return (
        <Told tone="warn" title="Paused:">
          its receiver asked to be left alone until {pausedUntil && <Moment at={pausedUntil} />}. What happens meanwhile
          waits.
        </Told>
      )
    default:
      return null
  }
}

/** As a sentence goes on after a colon. */
const lowered = (text: string | null) => text && text.charAt(0).toLowerCase() + text.slice(1)

function Told(props: { tone: 'off' | 'bad' | 'warn'; title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="px-4 pt-4 pb-3 sm:px-6">
      <Notice {...props} />
    </div>
  )
}
