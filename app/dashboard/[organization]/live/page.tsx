import type { Metadata } from 'next'
import { requireMerchant } from '#lib/auth/session.ts'
import { callChart, listCalls, logClock, maskedKeyOf } from '#lib/call-log/queries.ts'
import { keyConfigurationChoices } from '#lib/key-configurations/queries.ts'
import { KeyDrawer } from '../key-drawer.tsx'
import { LivePage } from './live-page.tsx'
import { callFilter, loadLiveParams } from './params.ts'

export const metadata: Metadata = { title: 'Live' }

const ROWS = 100

/** Calls of client software as they are answered. Without a skeleton: without scripts that would be all there is. */
export default async function Page({ params, searchParams }: PageProps<'/dashboard/[organization]/live'>) {
  const [{ organization }, list] = await Promise.all([params, loadLiveParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const filter = callFilter(list)
  // First: what is written after it is told to the page, even when it is in the list already.
  const clock = await logClock()
  const [{ calls, next }, chart, configurations, masked] = await Promise.all([
    listCalls(merchant, filter, list.before, ROWS),
    callChart(merchant, filter, list.span, now),
    keyConfigurationChoices(merchant, list.configuration),
    list.key ? maskedKeyOf(merchant, list.key) : null,
  ])
  return (
    <>
      <LivePage
        organization={organization}
        first={{ calls, next, steps: chart.steps, clock, now: now.getTime() }}
        list={{ ...list, key: list.key && { id: list.key, masked } }}
        configurations={configurations.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <KeyDrawer merchant={merchant} organization={organization} id={list.open} live={false} />
    </>
  )
}
