import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { ARCHIVE_DAYS, isAtWork } from '#lib/archives/plain.ts'
import { listArchives } from '#lib/archives/queries.ts'
import { hasFreshProof, requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { ArchiveCard } from './archive-card.tsx'
import { AskArchive } from './ask-archive.tsx'

export const metadata: Metadata = { title: 'Export' }

/** Everything of the organization as one file: asked for, written in the background, downloaded for some days. */
export default async function ExportPage({ params }: PageProps<'/dashboard/[organization]/settings/export'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'security.write')) {
    return (
      <>
        <PageHeader title="Export" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const [archives, isConfirmed] = await Promise.all([listArchives(merchant, new Date()), hasFreshProof()])
  return (
    <>
      <PageHeader title="Export" description="Everything Latchkey keeps of this organization, as one file." />
      <PageBody narrow>
        <Card>
          <CardHeader title="Export everything" />
          <CardBody className="grid gap-4">
            <p className="max-w-[68ch] text-pretty text-mute">
              Products, configurations, keys, devices, customers, purchases, history, mails, stores, webhooks, members
              and settings: a ZIP of JSON Lines, all as it was at one moment, with a page that says what is in it. It
              never holds passwords, tokens or secrets of stores and webhooks. It is written in the background and can
              be downloaded for {ARCHIVE_DAYS} days by owners; asking for it and each download are in the security log.
            </p>
            <div>
              <AskArchive organization={organization} isBusy={archives.some(({ status }) => isAtWork(status))} />
            </div>
          </CardBody>
        </Card>
        {archives.map((archive) => (
          <ArchiveCard key={archive.id} organization={organization} archive={archive} isConfirmed={isConfirmed} />
        ))}
      </PageBody>
    </>
  )
}
