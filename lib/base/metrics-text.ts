import '#server-only'
import { added, counters, histograms, type Snapshot } from './metrics.ts'

// Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/

/** A figure that is the same whoever is asked. */
export type Figure = { name: string; help: string; lines: { labels: Record<string, string>; value: number }[] }

/** Everything that was counted, by all processes together, and how each of them is. */
export function metricsText(snapshots: readonly Snapshot[], figures: readonly Figure[]): string {
  const { counts, measured } = added(snapshots)
  const out: string[] = []
  for (const [name, { name: metric, help, labels }] of Object.entries(counters)) {
    head(out, metric, help, 'counter')
    for (const line of counts.filter(({ counter }) => counter === name))
      out.push(sample(metric, Object.fromEntries(labels.map((label, at) => [label, line.labels[at] ?? ''])), line.n))
  }
  for (const [name, { name: metric, help, label, bounds }] of Object.entries(histograms)) {
    head(out, metric, help, 'histogram')
    for (const line of measured.filter(({ histogram }) => histogram === name)) {
      const own = { [label]: line.label }
      let sum = 0
      for (const [at, n] of line.counts.entries()) {
        sum += n
        out.push(sample(`${metric}_bucket`, { ...own, le: at < bounds.length ? String(bounds[at]) : '+Inf' }, sum))
      }
      out.push(sample(`${metric}_sum`, own, line.sum), sample(`${metric}_count`, own, sum))
    }
  }
  for (const { name, help, lines } of figures) {
    head(out, name, help, 'gauge')
    for (const { labels, value } of lines) out.push(sample(name, labels, value))
  }
  const all = snapshots.flatMap(({ process, pid, gauges }) => gauges.map((gauge) => ({ ...gauge, process, pid })))
  for (const [name, lines] of Map.groupBy(all, (gauge) => gauge.name)) {
    head(out, name, lines[0]?.help ?? '', 'gauge')
    for (const { process, pid, value } of lines) out.push(sample(name, { process, pid: String(pid) }, value))
  }
  return `${out.join('\n')}\n`
}

function head(out: string[], name: string, help: string, type: 'counter' | 'gauge' | 'histogram'): void {
  out.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`)
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function sample(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`
}
