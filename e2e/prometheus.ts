// A strict reader of Prometheus' text format, version 0.0.4: whatever a scraper could stumble over is an error here.

export type Sample = { name: string; labels: Record<string, string>; value: number }
export type Family = { name: string; type: string; help: string; samples: Sample[] }

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y
const VALUE = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i

export function readMetrics(text: string): Map<string, Family> {
  const fail = (line: string, why: string): never => {
    throw new Error(`${why}: ${line}`)
  }
  if (!text.endsWith('\n')) throw new Error('The last line has no end.')
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  let current: Family | undefined
  let help: { name: string; text: string } | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const helped = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line)
    const typed = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line)
    if (helped) help = { name: helped[1] as string, text: helped[2] as string }
    else if (typed) {
      const name = typed[1] as string
      if (families.has(name)) fail(line, 'A second time')
      if (help?.name !== name) fail(line, 'No help before it')
      current = { name, type: typed[2] as string, help: help?.text ?? '', samples: [] }
      families.set(name, current)
    } else {
      const parts = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`).exec(line)
      if (!parts || !current) return fail(line, 'Not a sample')
      const [, name, labelText = '', value] = parts as unknown as [string, string, string | undefined, string]
      const allowed =
        current.type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => current?.name + end) : [current.name]
      if (!allowed.includes(name)) fail(line, `Not of ${current.name}`)
      if (!VALUE.test(value)) fail(line, 'Not a number')
      const labels: Record<string, string> = {}
      LABEL.lastIndex = 0
      while (LABEL.lastIndex < labelText.length) {
        const label = LABEL.exec(labelText)
        if (!label) return fail(line, 'Not a label')
        if ((label[1] as string) in labels) fail(line, 'A label twice')
        labels[label[1] as string] = (label[2] as string).replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))
      }
      const key = `${name}{${labelText}}`
      if (seen.has(key)) fail(line, 'A sample twice')
      seen.add(key)
      current.samples.push({ name, labels, value: value === '+Inf' ? Infinity : Number(value) })
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family)
  return families
}

/** Buckets grow, the last is +Inf and as many as the count says. */
function checkHistogram({ name, samples }: Family): void {
  const own = ({ labels: { le: _, ...rest } }: Sample) => JSON.stringify(rest)
  for (const lines of Map.groupBy(samples, own).values()) {
    const buckets = lines.filter((line) => line.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)))
    if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] as number))) throw new Error(`${name}: bounds`)
    if (buckets.some(({ value }, at) => at > 0 && value < (buckets[at - 1] as Sample).value))
      throw new Error(`${name}: buckets shrink`)
    const count = lines.find((line) => line.name === `${name}_count`)?.value
    if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count) throw new Error(`${name}: +Inf is not the count`)
    if (lines.every((line) => line.name !== `${name}_sum`)) throw new Error(`${name}: no sum`)
  }
}

/** The value of one sample; undefined when it is not there. */
export const sampleOf = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  [...families.values()]
    .flatMap(({ samples }) => samples)
    .find((each) => each.name === name && Object.entries(labels).every(([label, text]) => each.labels[label] === text))
    ?.value
