import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Status } from '#components/ui/status.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { lookAtImport } from '#lib/imports/commands.ts'
import { getImport, type ImportDetail } from '#lib/imports/queries.ts'
import { importLook, isAtWork } from '#lib/imports/status.ts'
import { unusedColumns, withoutHarmless } from '#lib/imports/unused-columns.ts'
import { sourceChoices } from '#lib/imports/vendors.ts'
import { keyConfigurationChoices } from '#lib/key-configurations/queries.ts'
import { productChoices } from '#lib/products/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { ImportSteps } from '../import-steps.tsx'
import { AtWork } from './at-work.tsx'
import { CheckedActions, DiscardButton, ResultActions } from './import-actions.tsx'
import { MappingForm } from './mapping-form.tsx'
import { Counts, Problems } from './outcome.tsx'

export const metadata: Metadata = { title: 'Import' }

/** One import: its columns, what a check found, how far it is, or what became of it. */
export default async function ImportPage({ params }: PageProps<'/dashboard/[organization]/imports/[id]'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const detail = await found(getImport(merchant, id))
  const mayWrite = roleMay(merchant.role, 'keys.write')
  const step = ({ uploading: 'file', draft: 'columns', checking: 'check', checked: 'check' } as const)[
    detail.status as 'draft'
  ]
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'License keys', href: paths.licenseKeys({ organization }) },
          { label: 'Imports', href: paths.imports({ organization }) },
        ]}
        title={detail.title}
        status={<Status {...importLook(detail.status, detail.counts)} />}
        actions={<ResultActions organization={organization} id={id} status={detail.status} keys={detail.counts.keys} />}
      />
      <PageBody>
        <ImportSteps current={step ?? 'import'} />
        {detail.status === 'uploading' ? (
          <Notice
            tone="warn"
            title="The upload was not completed."
            actions={mayWrite && <DiscardButton organization={organization} id={id} />}
          >
            Choose the files again.
          </Notice>
        ) : detail.status === 'draft' ? (
          mayWrite ? (
            <Mapping merchant={merchant} organization={organization} detail={detail} />
          ) : (
            <Notice>Whoever uploaded this file has not checked it yet.</Notice>
          )
        ) : isAtWork(detail.status) ? (
          <AtWork
            organization={organization}
            id={id}
            checking={detail.status === 'checking'}
            position={detail.position}
            total={detail.total}
            keys={detail.counts.keys}
            problems={detail.counts.problems}
            mayWrite={mayWrite}
          />
        ) : (
          <>
            {detail.failure && (
              <Notice tone="bad" title="It could not be finished.">
                {detail.failure} {detail.startedAt && 'Everything imported before that stays.'}
              </Notice>
            )}
            <Counts counts={detail.counts} total={detail.total} done={detail.status !== 'checked'} />
            {detail.status === 'checked' && mayWrite && <LeftOut merchant={merchant} detail={detail} />}
            {detail.status === 'checked' && mayWrite && (
              <CheckedActions organization={organization} id={id} counts={detail.counts} />
            )}
            <Problems
              href={paths.importProblems({ organization, id })}
              problems={detail.problems}
              files={detail.files}
              count={detail.counts.problems}
              done={detail.status !== 'checked'}
            />
          </>
        )}
      </PageBody>
    </>
  )
}

/** The columns nobody reads, once more before anything is written. */
async function LeftOut({ merchant, detail }: { merchant: Member; detail: ImportDetail }) {
  if (!detail.settings) return null
  const unused = unusedColumns(await lookAtImport(merchant, detail.id), detail.settings).map(({ name }) => name)
  if (unused.length === 0) return null
  return (
    <p className="max-w-[110ch] break-words text-mute">
      {unused.length === 1 ? 'This column is' : `These ${unused.length} columns are`} left out:{' '}
      <span className="text-ink">{unused.slice(0, NAMES_SHOWN).join(', ')}</span>
      {unused.length > NAMES_SHOWN && ` and ${unused.length - NAMES_SHOWN} more`}.
    </p>
  )
}

const NAMES_SHOWN = 60

async function Mapping({
  merchant,
  organization,
  detail,
}: {
  merchant: Member
  organization: string
  detail: ImportDetail
}) {
  if (!detail.settings) return null
  const [looks, configurations, products] = await Promise.all([
    lookAtImport(merchant, detail.id),
    keyConfigurationChoices(merchant),
    productChoices(merchant),
  ])
  return (
    <MappingForm
      // Another mapping begins with other columns.
      key={JSON.stringify(detail.settings)}
      organization={organization}
      id={detail.id}
      settings={detail.settings}
      sources={sourceChoices}
      looks={withoutHarmless(looks, detail.settings.source)}
      configurations={configurations.map(({ id, name }) => ({ id, name }))}
      products={products}
      mayCreateProducts={roleMay(merchant.role, 'catalogue.write')}
    />
  )
}
