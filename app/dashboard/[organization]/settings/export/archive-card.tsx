import { RefreshEvery } from '#components/refresh-every.tsx'
import { buttonLook } from '#components/ui/button-look.ts'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Progress } from '#components/ui/progress.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { archiveLook, isAtWork } from '#lib/archives/plain.ts'
import type { ArchiveSummary } from '#lib/archives/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { RemoveArchive, UnlockArchive } from './archive-buttons.tsx'

const sizeText = (bytes: number): string =>
  bytes < 1_000_000
    ? `${numberText(Math.max(1, Math.round(bytes / 1_000)))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`

/** One archive: how far it is, or what there is to download. Without a fresh proof, the button asks for it first. */
export function ArchiveCard({
  organization,
  archive,
  isConfirmed,
}: {
  organization: string
  archive: ArchiveSummary
  isConfirmed: boolean
}) {
  const { id, status, rowsDone, rowsTotal, bytes, hasKeyStrings, askedByLabel, createdAt, takenAt } = archive
  const atWork = isAtWork(status)
  return (
    <Card className="mt-6">
      <CardHeader title={takenAt ? <DateText value={takenAt} /> : 'Export'}>
        <Status {...archiveLook[status]} />
      </CardHeader>
      <CardBody className="grid gap-3">
        {atWork && (
          <>
            <p role="status">
              {rowsTotal === null
                ? 'Waits for its turn.'
                : `${numberText(rowsDone)} of ${numberText(rowsTotal)} rows written`}
            </p>
            <Progress label="Writing the export" value={rowsDone} max={rowsTotal} />
            <RefreshEvery seconds={1} />
          </>
        )}
        {archive.failure && <p className="text-bad">{archive.failure}</p>}
        <p className="text-pretty text-mute">
          Asked for by {askedByLabel} <Time value={createdAt} />
          {status === 'ready' && `, ${numberText(rowsDone)} rows, ${sizeText(bytes)}`}
          {`, ${hasKeyStrings ? 'with whole key strings' : 'keys masked'}. `}
          {archive.expiresAt && (
            <>
              Deleted on <DateText value={archive.expiresAt} />.
            </>
          )}
        </p>
        {archive.sha256 && (
          <p className="break-all text-mute text-sm">
            SHA-256 <span className="font-mono">{archive.sha256}</span>
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          {status === 'ready' &&
            (isConfirmed ? (
              <a href={paths.archiveFile({ organization, id })} className={buttonLook('primary')} download>
                Download
              </a>
            ) : (
              <UnlockArchive organization={organization} file={paths.archiveFile({ organization, id })} />
            ))}
          <RemoveArchive organization={organization} id={id} isAtWork={atWork} />
        </div>
      </CardBody>
    </Card>
  )
}
