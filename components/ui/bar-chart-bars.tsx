'use client'
import { Bar, CartesianGrid, BarChart as Chart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { BarDatum, BarSeries } from './bar-chart.tsx'
import { barFills as fills } from './bar-fills.ts'
import { numberText } from './number-text.ts'

/** What is drawn of a bar chart, with the library that draws it. */
export function Bars({ data, series }: { data: readonly BarDatum[]; series: readonly BarSeries[] }) {
  return (
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
