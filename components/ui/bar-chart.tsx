'use client'
import { Bar, CartesianGrid, BarChart as Chart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { numberText } from './number-text.ts'
import type { Tone } from './tones.ts'

const fills = {
  ok: 'var(--fill-ok)',
  warn: 'var(--fill-warn)',
  bad: 'var(--fill-bad)',
  off: 'var(--fill-off)',
  accent: 'var(--fill-accent)',
  plain: 'var(--bar)',
} satisfies Record<Tone, string>

export type BarSeries = { key: string; label: string; tone: Tone }
export type BarDatum = { label: string; values: Record<string, number> }

/** Stacked bars over time with a legend; screen readers get the same numbers as a table. */
export function BarChart({
  title,
  data,
  series,
  height = 180,
}: {
  /** Names the chart for screen readers. */
  title: string
  data: readonly BarDatum[]
  series: readonly BarSeries[]
  height?: number
}) {
  return (
    <figure className="relative">
      {series.length > 1 && (
        <figcaption className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-mute text-sm">
          {series.map((one) => (
            <span key={one.key} className="inline-flex items-center gap-1.5">
              <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: fills[one.tone] }} />
              {one.label}
            </span>
          ))}
        </figcaption>
      )}
      <div aria-hidden="true" style={{ height }}>
        <ResponsiveContainer width="100%" height="100%">
          <Chart
            data={[...data]}
            margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
            barCategoryGap="18%"
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line2)" />
            <XAxis
              dataKey="label"
              tickLine={false}
              axisLine={{ stroke: 'var(--line)' }}
              tick={{ fill: 'var(--mute)', fontSize: 11 }}
              minTickGap={10}
              interval="equidistantPreserveStart"
              height={22}
            />
            <YAxis
              width={38}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
              tickCount={4}
              tick={{ fill: 'var(--mute)', fontSize: 11 }}
              tickFormatter={(value: number) => (value >= 10_000 ? `${Math.round(value / 1000)}k` : numberText(value))}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--line2)' }}
              content={({ active, payload }) =>
                active && payload[0] ? <Hover datum={payload[0].payload as BarDatum} series={series} /> : null
              }
            />
            {series.map((one, at) => (
              <Bar
                key={one.key}
                name={one.label}
                dataKey={(datum: BarDatum) => datum.values[one.key] ?? 0}
                stackId="all"
                fill={fills[one.tone]}
                radius={at === series.length - 1 ? [2, 2, 0, 0] : 0}
                maxBarSize={36}
                isAnimationActive={false}
              />
            ))}
          </Chart>
        </ResponsiveContainer>
      </div>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              {series.map((one) => (
                <th key={one.key} scope="col">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.map((datum) => (
              <tr key={datum.label}>
                <th scope="row">{datum.label}</th>
                {series.map((one) => (
                  <td key={one.key}>{numberText(datum.values[one.key] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

function Hover({ datum, series }: { datum: BarDatum; series: readonly BarSeries[] }) {
  return (
    <div className="min-w-36 rounded-control bg-raise px-2.5 py-2 text-sm shadow-pop">
      <p className="mb-1 font-medium">{datum.label}</p>
      {series.map((one) => (
        <p key={one.key} className="flex items-center gap-1.5 text-mute">
          <span className="size-2 rounded-[2px]" style={{ background: fills[one.tone] }} />
          <span className="flex-1">{one.label}</span>
          <span className="text-ink">{numberText(datum.values[one.key] ?? 0)}</span>
        </p>
      ))}
    </div>
  )
}
