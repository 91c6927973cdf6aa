import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listImports } from '#lib/imports/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { ImportSkeleton, ImportTable } from './import-table.tsx'
import { loadImportParams } from './params.ts'

export const metadata: Metadata = { title: 'Imports' }

/** Every import of the organization. */
export default async function ImportsPage({ params, searchParams }: PageProps<'/dashboard/[organization]/imports'>) {
  const [{ organization }, list] = await Promise.all([params, loadImportParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ImportSkeleton />}>
      <Imports merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadImportParams>> }

async function Imports({ merchant, organization, list }: Props) {
  const { imports, total } = await listImports(merchant, list)
  const create = roleMay(merchant.role, 'keys.write') && (
    <Button variant="primary" href={paths.newImport({ organization })}>
      Import keys
    </Button>
  )
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'License keys', href: paths.licenseKeys({ organization }) }]}
        title="Imports"
        count={total || undefined}
        actions={create}
      />
      <ImportTable
        organization={organization}
        imports={imports}
        total={total}
        now={new Date()}
        empty={
          <EmptyState title="Nothing imported yet" actions={create}>
            Bring in the keys you have sold elsewhere. They stay as they are, and the devices that use them keep
            working.
          </EmptyState>
        }
      />
    </>
  )
}
