import { BarChart } from '#components/ui/bar-chart.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { dayText } from '#components/ui/relative-time.ts'
import { SpanLinks } from '#components/ui/span-links.tsx'
import { Time } from '#components/ui/time.tsx'
import { DAY_MS } from '#lib/base/days.ts'
import { type ValidatedSpan, validatedSpanNames, validatedSpans } from '#lib/license-keys/plain.ts'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import type { ValidatedStep } from '#lib/license-keys/validated-steps.ts'
import * as paths from '#lib/web/paths.ts'

const inSpan = {
  week: 'in the last seven days',
  month: 'in the last 30 days',
  year: 'in the last year',
} as const satisfies Record<ValidatedSpan, string>

const stepText = ({ from }: ValidatedStep, span: ValidatedSpan): string => {
  const day = dayText(from.toISOString())
  return span === 'year' ? day : day.replace(/ \d{4}$/, '')
}

/** How often software asked about a key, and was refused. `history` and `refusals` are how much else the page shows. */
export function ValidationsCard({
  licenseKey,
  organization,
  validated,
  span,
  history,
  refusals,
  now,
}: {
  licenseKey: LicenseKeyDetail
  organization: string
  validated: ValidatedStep[]
  span: ValidatedSpan
  history: number
  refusals: number
  now: Date
}) {
  const { id, lastValidatedAt } = licenseKey
  const refused = validated.reduce((sum, step) => sum + step.refused, 0)
  const asked = validated.reduce((sum, step) => sum + step.valid, refused)
  const wasValidated = lastValidatedAt && now.getTime() - lastValidatedAt.getTime() < 7 * DAY_MS
  return (
    <Card>
      <CardHeader title="Validations">
        <SpanLinks
          spans={validatedSpanNames.map((each) => ({
            ...{ label: validatedSpans[each].label, isCurrent: each === span },
            href: paths.licenseKey({ organization, id }, { history, refusals, span: each === 'week' ? null : each }),
          }))}
        />
      </CardHeader>
      <CardBody>
        {asked === 0 ? (
          <p className="text-pretty text-mute">
            {/* Days are written a little after the key itself. */}
            {wasValidated ? (
              <>
                Validated <Time value={lastValidatedAt} now={now} />; the chart shows it within a minute.
              </>
            ) : (
              `No software has asked about this key ${inSpan[span]}. Whoever asks now is shown within a minute.`
            )}
          </p>
        ) : (
          <>
            <p className="mb-2 text-mute">
              {numberText(asked)} asked, {numberText(refused)} refused
            </p>
            <BarChart
              title={`Validations ${inSpan[span]}`}
              height={132}
              data={validated.map((step) => ({
                label: stepText(step, span),
                values: { valid: step.valid, refused: step.refused },
              }))}
              series={[
                { key: 'valid', label: 'Valid', tone: 'ok' },
                { key: 'refused', label: 'Refused', tone: 'bad' },
              ]}
            />
          </>
        )}
      </CardBody>
    </Card>
  )
}
