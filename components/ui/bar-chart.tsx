'use client'
import { Suspense, useEffect, useRef, useState } from 'react'
import { barFills } from './bar-fills.ts'
import { ChartFigure, ChartLegend, ChartTable } from './chart-figure.tsx'
import { later } from './later.ts'
import { numberText } from './number-text.ts'
import type { Tone } from './tones.ts'

// The library that draws is larger than the rest of a page, so it comes when a chart is about to be seen.
const drawing = later(() => import('./bar-chart-bars.tsx'))

export type BarSeries = { key: string; label: string; tone: Tone }
export type BarDatum = { label: string; values: Record<string, number> }

/** Stacked bars over time with a legend; the same numbers are there as a table. */
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
  const [place, seen] = useSeen()
  return (
    <ChartFigure
      title={title}
      height={height}
      legend={
        series.length > 1 && <ChartLegend items={series.map(({ label, tone }) => ({ label, fill: barFills[tone] }))} />
      }
      table={() => (
        <ChartTable
          title={title}
          head={['When', ...series.map(({ label }) => label)]}
          rows={data.map((datum) => ({
            key: datum.label,
            cells: [datum.label, ...series.map(({ key }) => numberText(datum.values[key] ?? 0))],
          }))}
        />
      )}
    >
      <div ref={place} aria-hidden="true" style={{ height }}>
        {seen && (
          <Suspense>
            <LaterBars data={data} series={series} />
          </Suspense>
        )}
      </div>
    </ChartFigure>
  )
}

function LaterBars(props: { data: readonly BarDatum[]; series: readonly BarSeries[] }) {
  const { Bars } = drawing.usePart()
  return <Bars {...props} />
}

/** Whether a place of the page has been near what is shown of it; printing shows everything. */
function useSeen() {
  const place = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (!place.current) return
    const show = () => setSeen(true)
    const watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && show(), {
      rootMargin: '300px',
    })
    watch.observe(place.current)
    window.addEventListener('beforeprint', show)
    return () => {
      watch.disconnect()
      window.removeEventListener('beforeprint', show)
    }
  }, [])
  return [place, seen] as const
}
