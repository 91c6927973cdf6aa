import type { Metadata } from 'next'
import { RefreshEvery } from '#components/refresh-every.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardHeader, CardRow } from '#components/ui/card.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { workKinds } from '#lib/jobs/plain.ts'
import { failedWork, type SharedWork, sharedWork, waitingPlaces, workOf } from '#lib/jobs/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { FailedList } from './failed-list.tsx'
import { WorkList } from './work-list.tsx'

export const metadata: Metadata = { title: 'Background work' }

/** What happens without anybody looking: what waits, what failed and why, and when it was last done. */
export default async function BackgroundWorkPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/background-work'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'work.read')) {
    return (
      <>
        <PageHeader title="Background work" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const [work, places, failed, shared] = await Promise.all([
    workOf(merchant),
    waitingPlaces(merchant),
    failedWork(merchant),
    sharedWork(),
  ])
  const now = new Date()
  const isBusy = workKinds.some((kind) => work[kind].waiting + work[kind].running > 0)
  return (
    <>
      <PageHeader
        title="Background work"
        description="What your organization has done without anybody looking. What fails is tried again by itself for a while; what is listed here as failed was given up."
      />
      {isBusy && <RefreshEvery seconds={3} />}
      <PageBody>
        <Card as="div">
          <WorkList organization={organization} work={work} places={places} now={now} />
        </Card>
        {workKinds
          .filter((kind) => failed[kind].length > 0)
          .map((kind) => (
            <FailedList
              key={kind}
              {...{ organization, kind, now }}
              total={Math.max(work[kind].failed, failed[kind].length)}
              failed={failed[kind]}
            />
          ))}
        <Shared shared={shared} now={now} />
      </PageBody>
    </>
  )
}

function Shared({ shared: { sweeps, secretRotation }, now }: { shared: SharedWork; now: Date }) {
  return (
    <Card>
      <CardHeader title="Of the whole installation" />
      <CardRow title="Sweeps" detail="Find what was missed, forget what is old">
        {sweeps.failed > 0 ? (
          <Status tone="bad" label="Failed lately; the log says why" />
        ) : sweeps.lastDoneAt ? (
          <span className="text-mute">
            <Time value={sweeps.lastDoneAt} now={now} />
          </span>
        ) : (
          <Status tone="warn" label="Not yet" />
        )}
      </CardRow>
      <CardRow title="Replacing the master secret" detail="Rewrites what is sealed">
        {secretRotation.isRunning ? (
          <Status tone="warn" label="Under way" />
        ) : (
          <span className="text-mute">Not under way</span>
        )}
      </CardRow>
    </Card>
  )
}
