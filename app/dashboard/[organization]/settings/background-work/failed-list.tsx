import type { Route } from 'next'
import Link from 'next/link'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { type FailedWork, type Retryable, retryable, type WorkKind, workWords } from '#lib/jobs/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { RetryButton } from './retry-button.tsx'

/** What failed of one kind, why, and the button that tries it again. */
export function FailedList({
  organization,
  kind,
  total,
  failed,
  now,
}: {
  organization: string
  kind: WorkKind
  total: number
  failed: FailedWork[]
  now: Date
}) {
  const { label } = workWords[kind]
  const again = (retryable as readonly string[]).includes(kind) ? (kind as Retryable) : null
  return (
    <Card>
      <CardHeader title={<span id={`failed-${kind}`}>{`${label}: ${numberText(total)} failed`}</span>}>
        {again && total > 1 && <RetryButton organization={organization} kind={again} what={label} />}
      </CardHeader>
      <ul>
        {failed.map((each) => (
          <li
            key={each.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-t px-3.5 py-2.5 first:border-t-0"
          >
            <div className="min-w-[min(100%,260px)] flex-1">
              <p className="break-words font-medium">
                <What organization={organization} failed={each} />
              </p>
              <p className="text-pretty break-words text-mute">{each.reason || 'No reason was given.'}</p>
              <p className="text-mute text-sm">
                <Time value={each.at} now={now} />
              </p>
            </div>
            {again && <RetryButton organization={organization} kind={again} id={each.id} what={each.what} />}
          </li>
        ))}
      </ul>
      {failed.length < total && (
        <p className="border-line2 border-t px-3.5 py-2.5 text-mute">
          The last {numberText(failed.length)} of {numberText(total)}.
        </p>
      )}
    </Card>
  )
}

function What({ organization, failed: { what, of } }: { organization: string; failed: FailedWork }) {
  const href = hrefOf(organization, of)
  if (!href) return what
  return (
    <Link href={href} className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current">
      {what}
    </Link>
  )
}

function hrefOf(organization: string, of: FailedWork['of']): Route | null {
  if (of.import) return paths.oneImport({ organization, id: of.import })
  if (of.bulkChange) return paths.bulkChange({ organization, id: of.bulkChange })
  if (of.isArchive) return paths.archives({ organization })
  if (of.store && of.delivery) return paths.delivery({ organization, id: of.store, delivery: of.delivery })
  return of.store ? paths.store({ organization, id: of.store }) : null
}
