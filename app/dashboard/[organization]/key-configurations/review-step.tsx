import { ArrowRight, TriangleAlert } from 'lucide-react'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import type { Review } from '#lib/key-configurations/queries.ts'
import type { Warning } from '#lib/key-configurations/rules.ts'
import { ExistingKeys } from './existing-keys.tsx'
import { Terms } from './terms.tsx'

/** What saving will do: all of it for a new configuration, the difference for one that exists. */
export function ReviewStep({ review, name, isNew }: { review: Review; name: string; isNew: boolean }) {
  return (
    <div className="grid gap-3.5 pb-6">
      <Warnings warnings={review.warnings} />
      {isNew ? (
        <Card>
          <CardHeader title={name} />
          <CardBody>
            <DescriptionList>
              <Terms words={review.words} />
              <Description name="Products">{review.products.join(' · ') || 'None yet'}</Description>
            </DescriptionList>
          </CardBody>
        </Card>
      ) : (
        <>
          <Changes changes={review.changes} />
          {review.changes.length > 0 && <ExistingKeys review={review} />}
        </>
      )}
    </div>
  )
}

/** What a careful colleague would say; nothing when there is nothing to say. */
export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null
  return (
    <ul aria-label="Worth considering" className="grid gap-1.5 rounded-[8px] bg-warnbg px-3 py-2.5 text-warn">
      {warnings.map((warning) => (
        <li key={warning.text} className="flex gap-2">
          <TriangleAlert size={14} aria-hidden="true" className="mt-[3px] shrink-0" />
          <span className="text-pretty">{warning.text}</span>
        </li>
      ))}
    </ul>
  )
}

function Changes({ changes }: { changes: Review['changes'] }) {
  if (changes.length === 0) {
    return (
      <Card>
        <CardBody className="text-mute">Nothing has changed. Go back to edit something.</CardBody>
      </Card>
    )
  }
  return (
    <Card>
      <CardHeader title="What changes" />
      <dl>
        {changes.map((change) => (
          <div
            key={change.field}
            className="grid gap-x-4 gap-y-0.5 border-line2 border-t px-3.5 py-2.5 first:border-t-0 sm:grid-cols-[112px_minmax(0,1fr)]"
          >
            <dt className="text-mute">{change.label}</dt>
            <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
              <del className="min-w-0 break-words text-mute">{change.from}</del>
              <ArrowRight size={13} role="img" aria-label="becomes" className="shrink-0 text-mute" />
              <ins className="min-w-0 break-words font-medium no-underline">{change.to}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
