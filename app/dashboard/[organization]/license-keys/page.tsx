import type { Metadata, Route } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Member } from '#lib/actor.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { licenseKeyFilterChoices, listLicenseKeys } from '#lib/license-keys/key-list.ts'
import { roleMay } from '#lib/organizations/rules.ts'
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
  const [{ keys, total }, choices] = await Promise.all([
    listLicenseKeys(merchant, keyFilter(list), keyOrder(list), now),
    licenseKeyFilterChoices(merchant),
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
