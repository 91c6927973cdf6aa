'use client'
import { Plus, X } from 'lucide-react'
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs'
import { cx } from '#components/ui/cx.ts'
import { useListOptions } from '#components/ui/data-table/list-transition.ts'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { Popover } from '#components/ui/popover.tsx'
import { dayText } from '#components/ui/relative-time.ts'

/** The days the history is narrowed to, as a chip beside the other filters; both days are included. */
export function DayRange() {
  const [{ from, to }, set] = useQueryStates(
    { from: parseAsString.withDefault(''), to: parseAsString.withDefault(''), page: parseAsInteger },
    useListOptions(),
  )
  const change = (next: { from?: string; to?: string }) =>
    void set({ from: (next.from ?? from) || null, to: (next.to ?? to) || null, page: null })
  const isSet = Boolean(from || to)
  return (
    <span
      className={cx(
        'inline-flex h-8 max-w-full items-stretch rounded-control border pointer-coarse:h-10',
        isSet
          ? 'border-transparent bg-accentbg text-accent'
          : 'border-line border-dashed text-mute hover:border-edge/60',
      )}
    >
      <Popover
        label="Days"
        className="w-56"
        trigger={
          <button
            type="button"
            className={cx(
              'inline-flex min-w-0 items-center gap-1 rounded-control hover:text-ink',
              isSet ? 'pl-2.5 font-medium' : 'pr-2.5 pl-2',
            )}
          >
            {!isSet && <Plus size={12} aria-hidden="true" className="shrink-0" />}
            <span className="truncate">{isSet ? `Days: ${words(from, to)}` : 'Days'}</span>
          </button>
        }
      >
        <div className="grid gap-3">
          <Field label="From">
            <DateInput value={from} max={to || undefined} onChange={(event) => change({ from: event.target.value })} />
          </Field>
          <Field label="Through">
            <DateInput value={to} min={from || undefined} onChange={(event) => change({ to: event.target.value })} />
          </Field>
        </div>
      </Popover>
      {isSet && (
        <button
          type="button"
          aria-label="Remove filter Days"
          onClick={() => change({ from: '', to: '' })}
          className="grid w-7 place-items-center rounded-control hover:text-ink pointer-coarse:w-9"
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </span>
  )
}

function words(from: string, to: string): string {
  const day = (text: string) => (Number.isNaN(Date.parse(text)) ? text : dayText(text))
  if (from && to) return from === to ? day(from) : `${day(from)} to ${day(to)}`
  return from ? `since ${day(from)}` : `until ${day(to)}`
}
