import Link from 'next/link'
import type { ReactNode } from 'react'
import { StopWords } from '#components/stop-words.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { AT_ONCE, type BulkActionName, UNDO_DAYS } from '#lib/bulk-changes/plain.ts'
import type { BulkPreview } from '#lib/bulk-changes/preview.ts'
import * as paths from '#lib/web/paths.ts'

/** What a change would do to whom, in sentences; and which keys it leaves alone, and why. */
export function PreviewWords({
  action,
  preview,
  organization,
}: {
  action: BulkActionName
  preview: BulkPreview
  organization: string
}) {
  const { due, total } = preview
  return (
    <div className="grid gap-2">
      {due > 0 && sentences(action, preview).map(([name, words]) => <p key={name}>{words}</p>)}
      <SkippedKeys preview={preview} organization={organization} />
      {due > 0 && (
        <p>
          {action === 'resend' ? (
            'A mail that was sent cannot be taken back.'
          ) : (
            <>
              You can take it back for {UNDO_DAYS} days under{' '}
              <Link href={paths.bulkChanges({ organization })} className="rounded-xs underline underline-offset-3">
                Bulk changes
              </Link>
              ; what changes meanwhile is left alone.
            </>
          )}
          {total > AT_ONCE && ' It runs in the background and can be stopped.'}
        </p>
      )}
    </div>
  )
}

function sentences(action: BulkActionName, preview: BulkPreview): [name: string, words: ReactNode][] {
  const { due, customers, stops, starts, overDevices, overUsage, mailed, endpoints } = preview
  const people = countText(customers, 'customer')
  const said: [string, ReactNode][] = []
  if (action === 'disable' || action === 'revoke' || stops.keys > 0)
    said.push([
      'stops',
      <StopWords key="stops" {...stops} of={countText(stops.customers, 'customer')} now={new Date()} />,
    ])
  if (starts.keys > 0) {
    const devices = starts.devices > 0 ? `, with ${countText(starts.devices, 'device')}` : ''
    said.push([
      'starts',
      <>
        {b(countText(starts.keys, 'key'))} will work again at once{devices}.
      </>,
    ])
  }
  if ((action === 'enable' || action === 'restore') && starts.keys < due)
    said.push(['stay', `${countText(due - starts.keys, 'key')} will not work all the same, having expired.`])
  if (action === 'extend' || action === 'tag' || action === 'limits' || action === 'move')
    said.push([
      'due',
      <>
        {b(countText(due, 'key'))} of {people} will change.
      </>,
    ])
  if (action === 'move')
    said.push([
      'move',
      'They follow the other configuration from then on. Software that asks for the one they come from still finds them good.',
    ])
  if (overDevices > 0)
    said.push([
      'devices',
      <>
        {b(countText(overDevices, 'key'))} {overDevices === 1 ? 'has' : 'have'} more devices than that: these keep
        working, but no other can join.
      </>,
    ])
  if (overUsage > 0)
    said.push([
      'usage',
      <>
        {b(countText(overUsage, 'key'))} {overUsage === 1 ? 'has' : 'have'} already used that up: further uses will be
        refused.
      </>,
    ])
  if (action === 'resend')
    said.push([
      'mails',
      <>
        {b(countText(due, 'mail'))} will go to {countText(mailed, 'customer')}.
      </>,
    ])
  else if (mailed > 0)
    said.push([
      'mailed',
      <>{b(countText(mailed, 'customer'))} will be told by mail, unless you take it back within minutes.</>,
    ])
  if (endpoints > 0) said.push(['hooks', `${countText(endpoints, 'webhook endpoint')} will hear of each key.`])
  return said
}

const b = (words: string) => <b>{words}</b>

function SkippedKeys({ preview, organization }: { preview: BulkPreview; organization: string }) {
  const { skipped, skippedKeys, total, due } = preview
  const count = total - due
  if (count === 0) return null
  return (
    <details className="group">
      <summary className="cursor-pointer rounded-xs text-pretty">
        {b(countText(count, 'key'))} {count === 1 ? 'stays' : 'stay'} as {count === 1 ? 'it is' : 'they are'}:{' '}
        {skipped
          .slice(0, 3)
          .map(({ why, keys }) => `${numberText(keys)} ${lowered(why)}`)
          .join('; ')}
        {skipped.length > 3 && '; and others'}.
      </summary>
      <ul className="scroll-thin mt-2 max-h-48 overflow-y-auto rounded-control border border-line2">
        {skippedKeys.map((key) => (
          <li key={key.id} className="border-line2 border-b px-2.5 py-1.5 text-sm last:border-b-0">
            <Link
              href={paths.licenseKey({ organization, id: key.id })}
              className="rounded-xs font-mono text-ink hover:underline"
            >
              {key.masked}
            </Link>{' '}
            <span className="break-all">{key.email}</span>
            <span className="block">{key.why}</span>
          </li>
        ))}
        {count > skippedKeys.length && (
          <li className="px-2.5 py-1.5 text-sm">and {numberText(count - skippedKeys.length)} more</li>
        )}
      </ul>
    </details>
  )
}

const lowered = (words: string) => words.charAt(0).toLowerCase() + words.slice(1).replace(/\.$/, '')
