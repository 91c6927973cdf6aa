import type { Route } from 'next'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import type { ImportDetail } from '#lib/imports/queries.ts'
import type { ImportCounts, ImportFile } from '#lib/imports/schema.ts'

/** What was, or would be, imported. */
export function Counts({ counts, total, done }: { counts: ImportCounts; total: number | null; done: boolean }) {
  const states = [
    [counts.granted, 'active'],
    [counts.expired, 'expired'],
    [counts.disabled, 'disabled'],
    [counts.revoked, 'revoked'],
  ] as const
  const left: [number, string, string][] = [
    [counts.alreadyThere, 'already exists and is left untouched', 'already exist and are left untouched'],
    [counts.skipped, 'record has no key and is skipped', 'records have no key and are skipped'],
    [
      counts.merged,
      'renewal or later payment belongs to a key that is listed only once',
      'renewals and later payments belong to keys that are listed only once',
    ],
    [
      counts.multiplied,
      'key was bought more than once and allows that many times the devices of its configuration',
      'keys were bought more than once and allow that many times the devices of their configuration',
    ],
    [
      counts.shortKeys,
      'key has fewer than 8 characters: it is easily guessed, or only part of a key',
      'keys have fewer than 8 characters: they are easily guessed, or only parts of keys',
    ],
    [
      counts.overLimit,
      'key has more devices than its limit: all are kept, but no more can be added',
      'keys have more devices than their limit: all are kept, but no more can be added',
    ],
    [
      counts.ordersWithoutProduct,
      'order number is left out, because its record names no product',
      'order numbers are left out, because their records name no product',
    ],
  ]
  const notes = left.filter(([count]) => count > 0)
  return (
    <>
      <StatRow>
        <Stat label={done ? 'Keys imported' : 'Keys to import'} value={numberText(counts.keys)}>
          {states
            .filter(([count]) => count > 0)
            .map(([count, word]) => `${numberText(count)} ${word}`)
            .join(', ')}
        </Stat>
        <Stat label="Devices" value={numberText(counts.activations)} />
        <Stat label="New customers" value={numberText(counts.customers)} />
        <Stat label="Orders" value={numberText(counts.purchases)} />
        {counts.products > 0 && <Stat label="New products" value={numberText(counts.products)} />}
        <Stat
          label="Problems"
          value={<span className={counts.problems > 0 ? 'text-bad' : undefined}>{numberText(counts.problems)}</span>}
          of={total !== null && `of ${numberText(total)} records`}
        />
      </StatRow>
      {notes.length > 0 && (
        <ul className="grid gap-1 text-mute">
          {notes.map(([count, one, many]) => (
            <li key={many}>
              <span className="text-ink">{numberText(count)}</span> {count === 1 ? one : many}.
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Why records were, or would be, left out; the first ones here, all of them in a file. */
export function Problems({
  href,
  problems,
  files,
  count,
  done,
}: {
  href: Route
  problems: ImportDetail['problems']
  files: ImportFile[]
  count: number
  done: boolean
}) {
  if (count === 0) {
    return <p className="text-mute">{done ? 'Every record was imported.' : 'Every record can be imported.'}</p>
  }
  const placeOf = (file: number) => (files[file]?.format === 'json' ? 'Record' : 'Line')
  return (
    <Card>
      <CardHeader title={done ? 'Not imported' : 'Will not be imported'}>
        <a href={href} download className="mr-2 rounded-xs font-medium text-ink hover:underline">
          Download as CSV
        </a>
      </CardHeader>
      <table className="w-full text-left">
        <thead>
          <tr className="border-line2 border-b text-mute text-sm">
            <th scope="col" className="px-3.5 py-1.5 max-sm:px-2.5 font-medium">
              Where
            </th>
            <th scope="col" className="px-3.5 py-1.5 max-sm:px-2.5 font-medium">
              Key
            </th>
            <th scope="col" className="w-full px-3.5 py-1.5 max-sm:px-2.5 font-medium">
              Problem
            </th>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem) => (
            <tr
              key={`${problem.file} ${problem.line} ${problem.message}`}
              className="border-line2 border-b align-top last:border-b-0"
            >
              <td className="whitespace-nowrap px-3.5 py-1.5 max-sm:px-2.5 text-mute">
                {placeOf(problem.file)} {numberText(problem.line)}
                {files.length > 1 && <span className="block text-sm">{files[problem.file]?.name}</span>}
              </td>
              <td className="whitespace-nowrap px-3.5 py-1.5 max-sm:px-2.5 font-mono text-sm">{problem.key}</td>
              <td className="break-words px-3.5 py-1.5 max-sm:px-2.5 text-pretty">{problem.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > problems.length && (
        <CardBody className="border-line2 border-t text-mute">
          These are the first {numberText(problems.length)} of {numberText(count)}.
        </CardBody>
      )}
    </Card>
  )
}
