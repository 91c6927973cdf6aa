'use client'
import { Ellipsis } from 'lucide-react'
import { Suspense, useState, useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import type { Selection } from '#components/ui/data-table/bulk-bar.tsx'
import { later } from '#components/ui/later.ts'
import { Menu, MenuItem } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { BulkActionName } from '#lib/bulk-changes/plain.ts'
import type { BulkPreview } from '#lib/bulk-changes/preview.ts'
import type { ShownStatus } from '#lib/license-keys/plain.ts'
import { previewKeys } from './actions.ts'

// With everything that is asked before keys are changed; loaded when somebody is about to.
const asking = later(() => import('./bulk-dialog.tsx'))
const hints = { onPointerEnter: asking.hint, onFocus: asking.hint }

/** What needs no more words than its name, and the keys it does nothing to; everything else is asked for in the dialog. */
const buttons = [
  ['disable', 'Disable', 'All of these are already disabled or revoked.', ['disabled', 'revoked']],
  ['enable', 'Enable', 'None of these is disabled.', ['active', 'expiring', 'grace', 'expired', 'revoked']],
  ['revoke', 'Revoke', 'All of these are already revoked.', ['revoked']],
] as const satisfies readonly (readonly [BulkActionName, string, string, readonly ShownStatus[]])[]

const more = [
  ['restore', 'Restore…'],
  ['extend', 'Change the end…'],
  ['limits', 'Change limits…'],
  ['move', 'Move to another configuration…'],
  ['tag', 'Add or remove tags…'],
  ['resend', 'Mail the keys again…'],
] as const satisfies readonly (readonly [BulkActionName, string])[]

const ofSupport: readonly BulkActionName[] = ['disable', 'enable', 'extend', 'limits', 'resend']

type Asked = { action: BulkActionName; preview: BulkPreview | null }

/** The buttons of the bulk bar; each says what would happen to whom before anything does. */
export function BulkActions({
  organization,
  selection,
  total,
  mayWrite,
  statuses,
}: {
  organization: string
  selection: Selection
  total: number
  /** Not only what support may. */
  mayWrite: boolean
  /** Of the keys on this page. */
  statuses: ReadonlyMap<string, ShownStatus>
}) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const [counting, setCounting] = useState<BulkActionName | null>(null)
  const [, startTransition] = useTransition()

  // Of all that match, only the server knows.
  const selected = selection.matching ? null : selection.ids.map((id) => statuses.get(id))
  const isIdle = (idle: readonly ShownStatus[]) =>
    selected?.every((status) => status !== undefined && idle.includes(status)) ?? false

  function ask(action: BulkActionName, nothing: string) {
    setCounting(action)
    startTransition(async () => {
      const form = new FormData()
      form.set('organization', organization)
      form.set('action', action)
      for (const [name, value] of Object.entries(namesOf(selection))) form.set(name, value)
      const state = await previewKeys({ status: 'idle' }, form)
      setCounting(null)
      if (state.status !== 'ok') return void toast.error(state.message)
      const preview = state.result as BulkPreview
      if (preview.due === 0) return void toast.info(nothing)
      setAsked({ action, preview })
    })
  }

  const isMine = ([action]: readonly [BulkActionName, ...unknown[]]) => mayWrite || ofSupport.includes(action)

  return (
    <>
      {buttons.filter(isMine).map(([action, label, nothing, idle]) => (
        <Button
          key={action}
          size="sm"
          {...hints}
          loading={counting === action}
          disabledReason={isIdle(idle) && nothing}
          onClick={() => ask(action, nothing)}
        >
          {label}
        </Button>
      ))}
      <Menu
        align="end"
        side="top"
        trigger={
          <Button size="sm" aria-label="More changes" {...hints}>
            <Ellipsis size={15} aria-hidden="true" />
          </Button>
        }
      >
        {more.filter(isMine).map(([action, label]) => (
          <MenuItem key={action} onSelect={() => setAsked({ action, preview: null })}>
            {label}
          </MenuItem>
        ))}
      </Menu>
      {asked && (
        <Suspense>
          <Asking
            isBounded={!mayWrite}
            key={asked.action}
            organization={organization}
            action={asked.action}
            first={asked.preview}
            keys={namesOf(selection)}
            count={selection.matching ? total : selection.ids.length}
            onClose={() => setAsked(null)}
            onDone={selection.clear}
          />
        </Suspense>
      )}
    </>
  )
}

/** The selected keys as fields of a form. */
const namesOf = (selection: Selection): Record<string, string> =>
  selection.matching ? { address: window.location.search } : { licenseKeyIds: selection.ids.join(',') }

const Asking = (props: Parameters<typeof import('./bulk-dialog.tsx').BulkDialog>[0]) => {
  const part = asking.usePart()
  return <part.BulkDialog {...props} />
}
