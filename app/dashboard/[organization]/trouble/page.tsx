import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Merchant } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { isLicenseCode, verdicts } from '#lib/error-codes/schema.ts'
import { type TroubleState, type TroubleWindow, troubleStates } from '#lib/refusals/plain.ts'
import { PER_PAGE, type TroubleQueue, troubleQueue } from '#lib/refusals/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { KeyDrawer } from '../key-drawer.tsx'
import { loadTroubleParams } from './params.ts'
import { TroubleRow } from './trouble-row.tsx'

export const metadata: Metadata = { title: 'Customers in trouble' }

type Shown = { organization: string; state: TroubleState; window: TroubleWindow; cause: string | null; page: number }

/** People whose software is refused now, by cause, with what to say to them and what puts it right. */
export default async function TroublePage({ params, searchParams }: PageProps<'/dashboard/[organization]/trouble'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const { open, ...query } = await loadTroubleParams(searchParams)
  const shown = { organization, ...query, page: Math.max(1, query.page) }
  return (
    <>
      <PageHeader
        title="Customers in trouble"
        description="Whose software is told no, and why: what to write to them, and what puts it right."
        actions={<Windows {...shown} />}
      />
      <Suspense key={JSON.stringify(shown)} fallback={<QueueSkeleton {...shown} />}>
        <Queue merchant={merchant} mayWrite={roleMay(merchant.role, 'keys.help')} {...shown} />
      </Suspense>
      <KeyDrawer merchant={merchant} organization={organization} id={open} />
    </>
  )
}

const labels = {
  open: 'Open',
  snoozed: 'Snoozed',
  fixed: 'Put right, waiting',
  solved: 'Solved',
} as const satisfies Record<TroubleState, string>

const windowWords = { day: '24 hours', week: '7 days' } as const satisfies Record<TroubleWindow, string>

function Windows({ organization, state, window, cause }: Shown) {
  return (
    <nav aria-label="How far back" className="flex rounded-control border border-line bg-panel p-0.5">
      {Object.entries(windowWords).map(([each, label]) => (
        <Link
          key={each}
          href={paths.trouble({ organization }, { state, window: each as TroubleWindow, cause })}
          aria-current={each === window ? 'page' : undefined}
          className={cx(
            'rounded-[5px] px-2 py-0.5 font-medium text-sm pointer-coarse:py-2',
            each === window ? 'bg-line2 text-ink' : 'text-mute hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}

function States({ organization, state, window, counts }: Shown & { counts?: TroubleQueue['counts'] }) {
  const href = (each: TroubleState) => paths.trouble({ organization }, { state: each, window })
  return (
    <Tabs
      label="Where troubles stand"
      current={href(state)}
      items={troubleStates.map((each) => ({
        href: href(each),
        label: labels[each],
        ...(counts && { count: counts[each] }),
      }))}
    />
  )
}

const none: Record<TroubleState, { title: string; text: string }> = {
  open: {
    title: 'Nobody is in trouble',
    text: 'When software is told no, whoever uses it is listed here at once, with the reason and what helps.',
  },
  snoozed: { title: 'Nothing is put aside', text: 'What you snooze waits here until its time comes or it gets worse.' },
  fixed: { title: 'Nothing waits', text: 'What was put right stays here until the same software asks again.' },
  solved: {
    title: 'Nothing was solved lately',
    text: 'Once software that was refused is told yes, it is listed here.',
  },
}

async function Queue({ merchant, mayWrite, ...shown }: Shown & { merchant: Merchant; mayWrite: boolean }) {
  const now = new Date()
  const { counts, causes, isCut } = await troubleQueue(merchant, shown, now)
  const { organization, state, window, cause, page } = shown
  return (
    <>
      <States {...shown} counts={counts} />
      <PageBody>
        {cause !== null && (
          <p>
            <Link
              href={paths.trouble({ organization }, { state, window })}
              className="rounded-xs underline underline-offset-3"
            >
              All causes
            </Link>
          </p>
        )}
        {causes.length === 0 && (
          <Card as="div">
            <EmptyState title={none[state].title}>{none[state].text}</EmptyState>
          </Card>
        )}
        {causes.map(({ code, total, troubles }) => (
          <Card key={code}>
            <CardHeader title={isLicenseCode(code) ? verdicts[code].label : code}>{numberText(total)}</CardHeader>
            <ul className="@container">
              {troubles.map((trouble) => (
                <TroubleRow key={trouble.subject} {...{ organization, trouble, mayWrite, now }} />
              ))}
            </ul>
            <More {...shown} code={code} total={total} here={troubles.length} />
          </Card>
        ))}
        {isCut && <p className="text-mute">Only the newest are shown: there are more than can be listed here.</p>}
        {cause !== null && page > 1 && causes.length === 0 && <p className="text-mute">This page is empty.</p>}
      </PageBody>
    </>
  )
}

function More({
  organization,
  state,
  window,
  cause,
  page,
  code,
  total,
  here,
}: Shown & { code: string; total: number; here: number }) {
  const link = (label: string, to: number) => (
    <Link
      href={paths.trouble({ organization }, { state, window, cause: code, page: to })}
      className="rounded-xs font-medium text-mute hover:text-ink"
    >
      {label}
    </Link>
  )
  if (cause === null)
    return here < total && <p className="border-line2 border-t px-3.5 py-2">{link(`All ${numberText(total)}`, 1)}</p>
  const last = Math.ceil(total / PER_PAGE)
  return (
    last > 1 && (
      <p className="flex gap-4 border-line2 border-t px-3.5 py-2">
        {page > 1 && link('Newer', page - 1)}
        {page < last && link('Older', page + 1)}
        <span className="ml-auto text-mute">
          Page {page} of {last}
        </span>
      </p>
    )
  )
}

function QueueSkeleton(shown: Shown) {
  return (
    <>
      <States {...shown} />
      <PageBody>
        {[4, 3].map((rows) => (
          <Card key={rows} as="div">
            <div className="border-line2 border-b px-3.5 py-3">
              <Skeleton className="h-4 w-40" />
            </div>
            {Array.from({ length: rows }, (_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows that are all the same
              <div key={i} className="grid gap-2 border-line2 border-t px-3.5 py-3 first:border-t-0">
                <Skeleton className="h-4 w-64" />
                <Skeleton className="h-4 w-full max-w-[560px]" />
              </div>
            ))}
          </Card>
        ))}
      </PageBody>
    </>
  )
}
