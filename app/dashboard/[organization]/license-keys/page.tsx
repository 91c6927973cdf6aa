import type { Metadata, Route } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { DateText } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { licenseKeyFilterChoices, listLicenseKeys, type SearchNote, searchNote } from '#lib/license-keys/list.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { KeyTable } from './key-table.tsx'
import { keyFilter, keyOrder, loadKeyParams } from './params.ts'
import { TransferMenu } from './transfer-menu.tsx'

export const metadata: Metadata = { title: 'License keys' }

/** Every key of the organization. */
export default async function LicenseKeysPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/license-keys'>) {
  const [{ organization }, list] = await Promise.all([params, loadKeyParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="License keys" columns={8} />}>
      <LicenseKeys merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadKeyParams>> }

async function LicenseKeys({ merchant, organization, list }: Props) {
  const now = new Date()
  const [{ keys, total }, choices, note] = await Promise.all([
    listLicenseKeys(merchant, keyFilter(list), keyOrder(list), now),
    licenseKeyFilterChoices(merchant),
    searchNote(merchant, list.q),
  ])
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <PageHeader
        title="License keys"
        count={total}
        actions={
          <>
            <TransferMenu
              organization={organization}
              total={total}
              mayWrite={mayWrite}
              mayReveal={roleMay(merchant.role, 'keys.reveal')}
            />
            {mayWrite && (
              <Button variant="primary" href={`/dashboard/${organization}/license-keys/new` as Route}>
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
        total={total}
        choices={choices}
        mayWrite={mayWrite}
        importIds={list.import.slice(0, 1)}
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
        <Notice title="Keys cannot be found by how they begin.">
          Only the prefix and the last six characters can be searched. Enter those, or the whole key.
        </Notice>
      )
  }
}
