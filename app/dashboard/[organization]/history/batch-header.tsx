import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Time } from '#components/ui/time.tsx'
import type { Batch } from '#lib/events/batches.ts'
import { batchTitle } from '#lib/events/rules.ts'
import * as paths from '#lib/web/paths.ts'

/** What was done to many keys at once: by whom and why, and where it can be taken back. */
export function BatchHeader({
  organization,
  batch: { type, at, actorLabel, reason, keys },
  bulkChangeId,
  now,
}: {
  organization: string
  batch: Batch
  /** The bulk change that it belongs to, if there is one. */
  bulkChangeId: string | null
  now: Date
}) {
  return (
    <PageHeader
      title={batchTitle(type, keys)}
      breadcrumbs={[{ label: 'History', href: paths.history({ organization }) }]}
      description={
        <>
          By {actorLabel}, <Time value={at} now={now} />. {reason ? `Reason: “${reason}”.` : 'No reason was given.'}
        </>
      }
      actions={
        bulkChangeId && <Button href={paths.bulkChange({ organization, id: bulkChangeId })}>Results and undo</Button>
      }
    />
  )
}
