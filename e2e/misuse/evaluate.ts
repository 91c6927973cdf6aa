import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import * as heldOut from './held-out/parameters.ts'
import { population as heldOutPopulation } from './held-out/population.ts'
import { type Finding, judge, type Tables, tables } from './judge.ts'
import { ABUSIVE_OF_A_KIND, DAYS, HONEST_OF_A_KIND, SEEDS } from './parameters.ts'
import { population } from './population.ts'
import type { Population } from './world.ts'

// How often the rules of lib/misuse find misuse, and how often they accuse somebody honest, in simulated worlds.
//   npm run misuse:evaluate                                    the worlds that are reported
//   npm run misuse:evaluate -- --seeds setting                 those that thresholds were set by
//   npm run misuse:evaluate -- --held-out [--seeds tuning]     worlds by somebody who had not seen the rules
//   npm run misuse:evaluate -- --population mine.ts --seeds 1,2   a population by other hands: exports population(seed)
//   npm run misuse:evaluate -- --write                         also writes the table into lib/misuse/README.md

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: 'reporting' },
    population: { type: 'string' },
    'held-out': { type: 'boolean', default: false },
    tables: { type: 'string' },
    why: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

const make: (seed: number) => Population = values.population
  ? (await import(pathToFileURL(path.resolve(values.population)).href)).population
  : values['held-out']
    ? heldOutPopulation
    : population
const known: Record<string, readonly number[]> = values['held-out'] ? heldOut.HELD_OUT_SEEDS : SEEDS
const named = known[values.seeds]
const [honestOfAKind, abusiveOfAKind] = values['held-out']
  ? [heldOut.HONEST_OF_A_KIND, heldOut.ABUSIVE_OF_A_VARIANT]
  : [HONEST_OF_A_KIND, ABUSIVE_OF_A_KIND]
const seeds = named ?? values.seeds.split(',').map(Number)

/** The interval in which a share lies with 95 percent certainty (Wilson). */
function interval(count: number, of: number): [number, number] {
  if (of === 0) return [0, 1]
  const z = 1.96
  const share = count / of
  const middle = share + (z * z) / (2 * of)
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const whole = 1 + (z * z) / of
  return [Math.max(0, (middle - spread) / whole), Math.min(1, (middle + spread) / whole)]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const withInterval = (count: number, of: number) => {
  const [from, to] = interval(count, of)
  return `${percent(of === 0 ? 0 : count / of)} (${percent(from)} to ${percent(to)})`
}
const middleOf = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const found = new Map<Tables, Finding[]>()
const names: string[] = []
for (const seed of seeds) {
  const began = performance.now()
  const world = make(seed)
  names.push(world.name)
  const wanted = tables.filter((table) => !values.tables || table.startsWith(values.tables))
  for (const [table, findings] of judge(world, wanted)) found.set(table, (found.get(table) ?? []).concat(findings))
  console.error(`${world.name}: ${Math.round((performance.now() - began) / 1_000)} s`)
}

const used = [...found.keys()]
const lines: string[] = []
const row = (...cells: string[]) => lines.push(`| ${cells.join(' | ')} |`)

lines.push(
  values.population
    ? `Seeds ${seeds.join(', ')} of \`${path.basename(values.population)}\`.`
    : `Seeds ${seeds.join(', ')}; ${seeds.length * honestOfAKind} of each honest kind and ${seeds.length * abusiveOfAKind} of each abusive kind, ${DAYS} days. In parentheses: 95 percent confidence.`,
  '',
)
row('', ...used)
row('---', ...used.map(() => '---'))
type Measure = (findings: Finding[]) => string
const isFound = ({ lookAfter }: Finding) => lookAfter !== null
const measures: [string, Measure][] = [
  [
    'precision',
    (all) => {
      const accused = all.filter(isFound)
      return withInterval(accused.filter(({ subject }) => !subject.isHonest).length, accused.length)
    },
  ],
  [
    'recall',
    (all) => {
      const abusive = all.filter(({ subject }) => !subject.isHonest)
      return withInterval(abusive.filter(isFound).length, abusive.length)
    },
  ],
  ...([true, false] as const).map((isSaid): [string, Measure] => [
    isSaid ? 'recall where the merchant said whom a key is for' : 'recall where nobody said',
    (all) => {
      const abusive = all.filter(
        ({ subject: { isHonest, keys } }) => !isHonest && (keys[0]?.policy.audience !== 'unsaid') === isSaid,
      )
      return withInterval(abusive.filter(isFound).length, abusive.length)
    },
  ]),
  [
    'honest, accused',
    (all) => {
      const honest = all.filter(({ subject }) => subject.isHonest)
      return withInterval(honest.filter(isFound).length, honest.length)
    },
  ],
  ...[5, 1].map((abusers): [string, Measure] => [
    `precision where ${abusers} of 100 abuse`,
    (all) => {
      const shareFound = (isHonest: boolean) => {
        const of = all.filter(({ subject }) => subject.isHonest === isHonest)
        return of.filter(isFound).length / of.length
      }
      const [right, wrong] = [abusers * shareFound(false), (100 - abusers) * shareFound(true)]
      return percent(right / (right + wrong))
    },
  ]),
]
for (const [name, measure] of measures) row(`**${name}**`, ...used.map((table) => measure(found.get(table) ?? [])))

for (const isHonest of [true, false]) {
  lines.push('')
  row(isHonest ? 'honest kind: share accused' : 'abusive kind: share found, days until then', ...used)
  row('---', ...used.map(() => '---'))
  const kinds = new Set(
    [...found.values()]
      .flatMap((all) => all.filter(({ subject }) => subject.isHonest === isHonest))
      .map((f) => f.subject.kind),
  )
  for (const kind of kinds)
    row(
      kind,
      ...used.map((table) => {
        const all = (found.get(table) ?? []).filter(
          ({ subject }) => subject.kind === kind && subject.isHonest === isHonest,
        )
        const hits = all.filter(isFound)
        const days = middleOf(hits.map(({ lookAfter }) => lookAfter as number))
        return `${withInterval(hits.length, all.length)}${isHonest || days === undefined ? '' : `, ${days} days`}`
      }),
    )
}
console.log(lines.join('\n'))

if (values.why) {
  for (const [table, all] of found)
    for (const { subject, most, evidence } of all
      .filter(({ subject }) => subject.kind.startsWith(values.why as string))
      .slice(0, 400))
      if (subject.isHonest === most >= 50)
        console.log(
          table,
          subject.kind,
          most,
          JSON.stringify(subject.keys[0]?.policy),
          JSON.stringify(evidence.map((e) => [e.signal, e.points, e.values])),
        )
}

if (values.write) {
  const readme = path.resolve(import.meta.dirname, '../../lib/misuse/README.md')
  const text = readFileSync(readme, 'utf8')
  const mark = values['held-out'] ? 'held-out table' : 'table'
  const [from, to] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const before = text.slice(0, text.indexOf(from) + from.length)
  writeFileSync(readme, `${before}\n\n${lines.join('\n')}\n\n${text.slice(text.indexOf(to))}`)
}
