'use client'
import type { Route } from 'next'
import Link from 'next/link'
import type { KeyboardEvent, MouseEvent } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { cx } from '#components/ui/cx.ts'
import { cellLook, edges, headLook, phoneLook } from '#components/ui/data-table/table-look.ts'
import { numberText } from '#components/ui/number-text.ts'
import { exactTime } from '#components/ui/relative-time.ts'
import { Status } from '#components/ui/status.tsx'
import { callVerbs, type ShownCall } from '#lib/call-log/plain.ts'
import { verdicts } from '#lib/error-codes/schema.ts'
import { outcomes } from '#lib/overview/rules.ts'
import * as paths from '#lib/web/paths.ts'

const columns: { id: string; header: string; phone: keyof typeof phoneLook; className?: string }[] = [
  { id: 'at', header: 'Time, UTC', phone: 'meta' },
  { id: 'answer', header: 'Answer', phone: 'title' },
  { id: 'key', header: 'Key', phone: 'subtitle' },
  { id: 'call', header: 'Call', phone: 'hidden', className: 'max-2xl:hidden' },
  { id: 'device', header: 'Device', phone: 'meta' },
  { id: 'app', header: 'App', phone: 'meta', className: 'sm:max-xl:hidden' },
  { id: 'address', header: 'Address', phone: 'meta', className: 'sm:max-lg:hidden' },
  { id: 'took', header: 'Took', phone: 'hidden', className: 'sm:text-right sm:max-xl:hidden' },
]

/** Calls, newest first; a row opens what there is to know about it. */
export function CallTable({
  organization,
  calls,
  fresh,
  onOpen,
}: {
  organization: string
  calls: readonly ShownCall[]
  /** Those that came after the page. */
  fresh: ReadonlySet<string>
  onOpen: (call: ShownCall) => void
}) {
  // Roles are spelled out because the phone's cards change `display`, which would take them away.
  // biome-ignore-start lint/a11y/noRedundantRoles: see above
  return (
    <table role="table" className="w-full border-separate border-spacing-0 max-sm:block">
      <thead role="rowgroup" className="max-sm:hidden">
        <tr role="row">
          {columns.map(({ id, header, className }) => (
            <th key={id} role="columnheader" scope="col" className={cx(headLook, edges(false), className)}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody
        role="rowgroup"
        onKeyDown={moveBetweenRows}
        className="max-sm:grid max-sm:grid-cols-1 max-sm:gap-2 max-sm:px-4"
      >
        {calls.map((call) => (
          <CallRow key={call.id} organization={organization} call={call} isFresh={fresh.has(call.id)} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
  // biome-ignore-end lint/a11y/noRedundantRoles: see above
}

/** Where a call leads without a window: its key, or what its answer means. */
const hrefOf = (organization: string, { licenseKey, code }: ShownCall): Route =>
  licenseKey ? paths.licenseKey({ organization, id: licenseKey.id }) : paths.errorCode({ code })

function CallRow({
  organization,
  call,
  isFresh,
  onOpen,
}: {
  organization: string
  call: ShownCall
  isFresh: boolean
  onOpen: (call: ShownCall) => void
}) {
  const open = (event: MouseEvent) => {
    // The link in the row says it first.
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return
    if (window.getSelection()?.toString()) return
    event.preventDefault()
    onOpen(call)
  }
  const cell = (id: string) => {
    const column = columns.find((each) => each.id === id)
    return cx(cellLook, edges(false), phoneLook[column?.phone ?? 'meta'], column?.className)
  }
  // On a phone what is not known has no place: there is no head above it that would say so.
  const known = (id: string, value: unknown) => cx(cell(id), !value && 'max-sm:hidden')
  const { code, licenseKey } = call
  const device = call.device ?? call.fingerprint
  // biome-ignore-start lint/a11y/noRedundantRoles: as above
  return (
    <tr
      role="row"
      onClick={open}
      className={cx(
        'cursor-pointer hover:bg-hover max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:gap-y-1 max-sm:rounded-card max-sm:border max-sm:border-line max-sm:bg-panel max-sm:px-3.5 max-sm:py-3 max-sm:shadow-soft',
        isFresh && 'transition-colors duration-1500 motion-safe:starting:bg-accentbg',
      )}
    >
      <td role="cell" className={cx(cell('at'), 'text-mute tabular-nums')}>
        <time dateTime={new Date(call.at).toISOString()} title={exactTime(call.at)}>
          {new Date(call.at).toISOString().slice(11, 19)}
        </time>
      </td>
      <td role="cell" className={cell('answer')}>
        <span className="flex items-center gap-2">
          <Link
            href={hrefOf(organization, call)}
            prefetch={false}
            data-row
            onClick={open}
            className="min-w-0 rounded-xs"
            aria-label={`${verdicts[code].label}, ${licenseKey?.masked ?? 'unknown key'}, ${exactTime(call.at)}`}
          >
            <Status tone={toneOf(call)} label={verdicts[code].label} />
          </Link>
          {call.standsFor > 1 && (
            <Badge className="tabular-nums">
              <span title="One of so many calls with the same answer in the same moment">
                × {numberText(call.standsFor)}
              </span>
            </Badge>
          )}
        </span>
      </td>
      <td role="cell" className={cell('key')}>
        {licenseKey ? (
          <span className="flex min-w-0 items-baseline gap-2">
            <MaskedKey masked={licenseKey.masked} />
            <span className="min-w-0 max-w-[170px] truncate text-mute">{licenseKey.customer}</span>
          </span>
        ) : (
          <span className="text-mute">Unknown key</span>
        )}
      </td>
      <td role="cell" className={cx(cell('call'), 'text-mute')}>
        {callVerbs[call.verb]}
      </td>
      <td role="cell" className={known('device', device)}>
        <span className="block max-w-[180px] truncate sm:text-mute">{device ?? '–'}</span>
      </td>
      <td role="cell" className={known('app', call.app)}>
        <span className="block max-w-[160px] truncate text-mute">{call.app ?? '–'}</span>
      </td>
      <td role="cell" className={known('address', call.address)}>
        <span className="block max-w-[160px] truncate text-mute tabular-nums">{call.address ?? '–'}</span>
      </td>
      <td role="cell" className={cx(cell('took'), 'text-mute tabular-nums')}>
        {tookText(call.durationMs)}
      </td>
    </tr>
  )
  // biome-ignore-end lint/a11y/noRedundantRoles: as above
}

/** The color of an answer: that of its part of the chart. */
export const toneOf = ({ code }: ShownCall) => outcomes[verdicts[code].part].tone

/** 1.234 as "1.2 ms". */
export const tookText = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** Arrow keys walk the rows. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-row]')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  links[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}
