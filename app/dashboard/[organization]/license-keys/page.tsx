import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { merchantMay, roleMay } from '#lib/base/permissions.ts'
import { licenseKeyFilterChoices, listLicenseKeys } from '#lib/license-keys/list.ts'
import { type SearchNote, searchNote } from '#lib/license-keys/search.ts'
import { risksOf } from '#lib/misuse/queries.ts'
import { listViews } from '#lib/saved-views/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { KeyDrawer } from '../key-drawer.tsx'
import { KeySkeleton, KeyTable } from './key-table.tsx'
import { type KeyParams, keyFilter, loadKeyParams } from './params.ts'
import { TransferMenu } from './transfer-menu.tsx'

export const metadata: Metadata = { title: 'License keys' }

/** Every key of the organization. */
export default async function LicenseKeysPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/license-keys'>) {
  const [{ organization }, list, { devices }] = await Promise.all([params, loadKeyParams(searchParams), searchParams])
  const merchant = await requireMerchant(organization)
  // As addresses had it once.
  if (devices === 'limit') redirect(paths.licenseKeys({ organization }, { limit: 'at' }))
  if (devices === 'refused') redirect(paths.licenseKeys({ organization }, { refused: 'now' }))
  return (
    <>
      <Suspense fallback={<KeySkeleton />}>
        <LicenseKeys merchant={merchant} organization={organization} list={list} />
      </Suspense>
      <KeyDrawer merchant={merchant} organization={organization} id={list.open} />
    </>
  )
}

type Props = { merchant: Member; organization: string; list: KeyParams }

async function LicenseKeys({ merchant, organization, list }: Props) {
  const now = new Date()
  const [{ keys, total, far }, choices, note, views] = await Promise.all([
    listLicenseKeys(merchant, keyFilter(list), list, now),
    licenseKeyFilterChoices(merchant),
    searchNote(merchant, list.q),
    listViews(merchant),
  ])
  const risks = await risksOf(
    merchant,
    keys.map(({ id }) => id),
  )
  const view = views.find(({ id }) => id === list.view)
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <PageHeader
        title="License keys"
        count={total}
        isMore={far.isMore}
        status={view && <Badge>{view.name}</Badge>}
        actions={
          <>
            <TransferMenu
              organization={organization}
              total={total}
              mayWrite={mayWrite}
              mayReveal={merchantMay(merchant, 'keys.reveal')}
            />
            {mayWrite && (
              <Button variant="primary" href={paths.newLicenseKey({ organization })}>
                Issue key
              </Button>
            )}
          </>
        }
      />
      {note && (
        <div className="px-4 pb-3 sm:px-6">
          <Note note={note} />
        </div>
      )}
      <KeyTable
        organization={organization}
        keys={keys}
        risks={risks}
        total={total}
        far={far}
        choices={{ configuration: choices.configurations, product: choices.products }}
        views={views}
        mayHelp={roleMay(merchant.role, 'keys.help')}
        mayWrite={mayWrite}
        maySave={roleMay(merchant.role, 'views.write')}
        now={now}
      />
    </>
  )
}

function Note({ note }: { note: NonNullable<SearchNote> }) {
  switch (note.kind) {
    case 'replaced':
      return (
        <Notice tone="warn" title="This string was replaced.">
          On <DateText value={note.at} /> its key was given another one. The key is listed below.
        </Notice>
      )
    case 'mistyped':
      return (
        <Notice tone="warn" title="Not one of your keys, perhaps mistyped.">
          Its check character does not fit the others. Any keys with the same ending are listed below.
        </Notice>
      )
    case 'unknown':
      return (
        <Notice tone="warn" title="Not one of your keys, perhaps mistyped.">
          No key has or had this string. Any keys with the same ending are listed below.
        </Notice>
      )
    case 'beginning':
      return (
        <Notice title="Keys cannot be found here by how they begin.">
          That takes the right to see whole keys, and at most 10,000 of them. Enter the last six characters or the whole
          key.
        </Notice>
      )
  }
}
