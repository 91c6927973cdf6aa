'use client'
import { barFills } from '#components/ui/bar-fills.ts'
import { numberText } from '#components/ui/number-text.ts'
import { type ChartSpan, type ChartStep, chartSpans, type PartCounts } from '#lib/call-log/rules.ts'
import type { ChartPart } from '#lib/error-codes/schema.ts'
import { outcomes } from '#lib/overview/rules.ts'

const parts = Object.keys(outcomes) as ChartPart[]
const sum = (counts: PartCounts): number => parts.reduce((all, part) => all + (counts[part] ?? 0), 0)

/** What was answered, step by step up to now: a bar a second or a minute. */
export function OutcomeChart({ steps, span, now }: { steps: readonly ChartStep[]; span: ChartSpan; now: number }) {
  const { stepMs, steps: count } = chartSpans[span]
  const last = now - (now % stepMs)
  const byStep = new Map(steps.map(({ at, counts }) => [at, counts]))
  const bars = Array.from({ length: count }, (_, i) => {
    const at = last - (count - 1 - i) * stepMs
    return { at, counts: byStep.get(at) ?? {} }
  })
  const most = Math.max(4, ...bars.map(({ counts }) => sum(counts)))
  const totals = parts.map((part) => ({
    part,
    total: bars.reduce((all, { counts }) => all + (counts[part] ?? 0), 0),
  }))
  const unit = span === 'minute' ? 'second' : 'minute'
  return (
    <figure className="relative min-w-0">
      <figcaption className="mb-2.5 flex flex-wrap gap-x-4 gap-y-1 text-mute text-sm">
        {totals.map(({ part, total }) => (
          <span key={part} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <span
              aria-hidden="true"
              className="size-2 rounded-[2px]"
              style={{ background: barFills[outcomes[part].tone] }}
            />
            {outcomes[part].label}
            <span className="text-ink tabular-nums">{numberText(total)}</span>
          </span>
        ))}
      </figcaption>
      <div aria-hidden="true" className="pt-1.5 pl-9">
        <div className="relative flex h-24 items-end gap-px border-line border-b sm:gap-0.5">
          <span className="absolute top-0 right-0 left-0 border-line2 border-t" />
          <span className="absolute top-1/2 right-0 left-0 border-line2 border-t" />
          <span className="absolute -top-2 -left-9 text-mute text-xs tabular-nums">
            {most >= 10_000 ? `${Math.round(most / 1_000)}k` : numberText(most)}
          </span>
          {bars.map(({ at, counts }) => (
            <Bar key={at} at={at} counts={counts} most={most} span={span} />
          ))}
        </div>
        <div className="mt-1 flex justify-between text-mute text-xs tabular-nums">
          <span>{clockText(bars[0]?.at ?? last, span)}</span>
          <span>{clockText(bars[Math.floor(count / 2)]?.at ?? last, span)}</span>
          <span>now</span>
        </div>
      </div>
      <div className="sr-only">
        <table>
          <caption>Calls by outcome, each {unit}; those without a call are left out</caption>
          <thead>
            <tr>
              <th scope="col">When (UTC)</th>
              {parts.map((part) => (
                <th key={part} scope="col">
                  {outcomes[part].label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars
              .filter(({ counts }) => sum(counts) > 0)
              .map(({ at, counts }) => (
                <tr key={at}>
                  <th scope="row">{clockText(at, span)}</th>
                  {parts.map((part) => (
                    <td key={part}>{numberText(counts[part] ?? 0)}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

function Bar({ at, counts, most, span }: { at: number; counts: PartCounts; most: number; span: ChartSpan }) {
  const all = sum(counts)
  const words = parts.flatMap((part) => (counts[part] ? [`${outcomes[part].label} ${numberText(counts[part])}`] : []))
  return (
    <span
      className="relative flex h-full min-w-0 flex-1 flex-col-reverse hover:bg-line2"
      title={`${clockText(at, span)} UTC: ${words.join(', ') || 'no calls'}`}
    >
      {parts.map((part) => {
        const count = counts[part] ?? 0
        if (count === 0) return null
        // What there is can be seen, however much there was at other times.
        const height = `max(2px, ${((count / most) * 100).toFixed(2)}%)`
        return (
          <span
            key={part}
            className="last:rounded-t-[2px]"
            style={{ height, background: barFills[outcomes[part].tone] }}
          />
        )
      })}
      {all === 0 && <span className="h-px bg-line" />}
    </span>
  )
}

const clockText = (at: number, span: ChartSpan): string =>
  new Date(at).toISOString().slice(11, span === 'minute' ? 19 : 16)
