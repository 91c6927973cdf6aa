'use client'
import { Suspense, useEffect, useRef, useState } from 'react'
import { barFills } from './bar-fills.ts'
import { later } from './later.ts'
import { numberText } from './number-text.ts'
import type { Tone } from './tones.ts'

// The library that draws is larger than the rest of a page, so it comes when a chart is about to be seen.
const drawing = later(() => import('./bar-chart-bars.tsx'))

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
  const [place, seen] = useSeen()
  return (
    <figure className="relative">
      {series.length > 1 && (
        <figcaption className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-mute text-sm">
          {series.map((one) => (
            <span key={one.key} className="inline-flex items-center gap-1.5">
              <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: barFills[one.tone] }} />
              {one.label}
            </span>
          ))}
        </figcaption>
      )}
      <div ref={place} aria-hidden="true" style={{ height }}>
        {seen && (
          <Suspense>
            <LaterBars data={data} series={series} />
          </Suspense>
        )}
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
