'use client'
import { useRouter } from 'next/navigation'
import { useActionState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { countText } from '#components/ui/number-text.ts'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { ImportCounts } from '#lib/imports/schema.ts'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import type { ImportStatus } from '#prisma/enums.ts'
import { reopen, start, stop } from '../actions.ts'

type Named = { organization: string; id: string }

/** Stops an import that runs, or puts away one that has not begun. */
export function DiscardButton({ organization, id, running = false }: Named & { running?: boolean }) {
  const router = useRouter()
  return (
    <ConfirmDialog
      trigger={<Button variant="ghost">{running ? 'Stop' : 'Discard'}</Button>}
      title={running ? 'Stop the import?' : 'Discard this import?'}
      confirmLabel={running ? 'Stop' : 'Discard'}
      destructive
      values={{ organization, importId: id }}
      action={confirmAction(stop)}
      onDone={() => {
        if (!running) router.push(paths.imports({ organization }))
      }}
    >
      {running
        ? 'Keys imported so far stay. You can import the file again later; existing keys are left untouched.'
        : 'The uploaded file is deleted. Nothing has been imported.'}
    </ConfirmDialog>
  )
}

/** What can be done once everything was checked. */
export function CheckedActions({ organization, id, counts }: Named & { counts: ImportCounts }) {
  const [started, begin] = useActionState<FormState, FormData>(start, { status: 'idle' })
  const [reopened, back] = useActionState<FormState, FormData>(reopen, { status: 'idle' })
  const problem = [started, reopened].find((state) => state.status === 'error')?.message
  const nothing = counts.keys === 0 && counts.activations === 0
  const hidden = (
    <>
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="importId" value={id} />
    </>
  )
  return (
    <div className="grid gap-3">
      <FormError>{problem}</FormError>
      <div className="flex flex-wrap items-center gap-2">
        <form action={begin}>
          {hidden}
          <SubmitButton disabledReason={nothing && 'There is nothing to import'}>
            {counts.keys > 0 || nothing
              ? `Import ${countText(counts.keys, 'key')}`
              : `Import ${countText(counts.activations, 'device')}`}
          </SubmitButton>
        </form>
        <form action={back}>
          {hidden}
          <SubmitButton variant="secondary">Change columns</SubmitButton>
        </form>
        <DiscardButton organization={organization} id={id} />
      </div>
    </div>
  )
}

/** Where to look when it is over. */
export function ResultActions({ organization, id, status, keys }: Named & { status: ImportStatus; keys: number }) {
  if (!['done', 'stopped', 'failed'].includes(status) || keys === 0) return null
  return <Button href={paths.licenseKeys({ organization }, { import: id })}>Show the keys</Button>
}
