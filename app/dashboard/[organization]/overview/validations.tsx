import Link from 'next/link'
import { BarChart } from '#components/ui/bar-chart.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { numberText } from '#components/ui/number-text.ts'
import { SpanLinks } from '#components/ui/span-links.tsx'
import { toneText } from '#components/ui/tones.ts'
import { type Span, spanNames, spans } from '#lib/overview/plain.ts'
import type { Overview } from '#lib/overview/queries.ts'
import { outcomes } from '#lib/overview/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { inSpan, stepText } from './step-text.ts'

const series = Object.entries(outcomes).map(([key, { label, tone }]) => ({ key, label, tone }))

/** What was asked about keys, and what was answered. */
export function Validations({
  overview,
  span,
  organization,
  mayIssue,
}: {
  overview: Overview
  span: Span
  organization: string
  mayIssue: boolean
}) {
  const { validations, reasons } = overview
  const total = validations.reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)
  return (
    <Card>
      <CardHeader
        title={<>Validations{total > 0 && <span className="ml-2 font-normal text-mute">{numberText(total)}</span>}</>}
      >
        <SpanLinks
          spans={spanNames.map((each) => ({
            ...{ label: spans[each].label, isCurrent: each === span },
            href: paths.overview({ organization }, { span: each === 'fortnight' ? null : each }),
          }))}
        />
      </CardHeader>
      {total === 0 ? (
        <CardBody>
          <p className="text-mute">
            {overview.steps.validation
              ? `No validation is counted ${inSpan[span]}; new ones show within seconds.`
              : 'No software has asked about a key yet. '}
            {mayIssue && !overview.steps.validation && (
              <>
                <Link
                  href={paths.newLicenseKey({ organization })}
                  className="rounded-xs text-ink underline underline-offset-3"
                >
                  Issue a key
                </Link>{' '}
                to get a curl line that does.
              </>
            )}
          </p>
        </CardBody>
      ) : (
        <div className="@container">
          <div className="grid grid-cols-[minmax(0,1fr)] @3xl:grid-cols-[minmax(0,1fr)_300px]">
            <CardBody>
              <BarChart
                title={`Validations ${inSpan[span]} by outcome`}
                height={196}
                data={validations.map(({ at, counts }) => ({ label: stepText(at, span), values: counts }))}
                series={series}
              />
            </CardBody>
            <div className="border-line2 px-3.5 py-3 @max-3xl:border-t @3xl:border-l">
              <h3 className="mb-1.5 text-mute text-sm">Why validations were refused</h3>
              {reasons.length === 0 ? (
                <p className="text-mute">None were refused.</p>
              ) : (
                <ul className="grid gap-1.5">
                  {reasons.slice(0, 6).map((reason) => (
                    <li key={reason.code} className="flex items-baseline gap-3">
                      <span
                        aria-hidden="true"
                        className={cx(
                          'size-[7px] shrink-0 self-center rounded-full bg-current',
                          toneText[outcomes[reason.outcome].tone],
                        )}
                      />
                      <span className="min-w-0 flex-1">{reason.label}</span>
                      <span>{numberText(reason.count)}</span>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </div>
        </div>
      )}
    </Card>
  )
}
