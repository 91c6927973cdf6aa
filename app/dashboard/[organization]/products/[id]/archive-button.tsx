'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import { archive, restore } from '../actions.ts'

/** Archives a product or brings it back, and says before what that does. */
export function ArchiveButton({
  organization,
  id,
  name,
  archived,
  keys,
}: {
  organization: string
  id: string
  name: string
  archived: boolean
  keys: number
}) {
  if (archived) {
    return (
      <ConfirmDialog
        trigger={<Button>Restore</Button>}
        title={`Restore ${name}?`}
        confirmLabel="Restore"
        values={{ organization, id }}
        action={confirmAction(restore)}
        onDone={() => toast.success(`${name} restored`)}
      >
        It is offered again when keys are issued.
      </ConfirmDialog>
    )
  }
  return (
    <ConfirmDialog
      trigger={<Button>Archive</Button>}
      title={`Archive ${name}?`}
      confirmLabel="Archive"
      values={{ organization, id }}
      action={confirmAction(archive)}
      onDone={() => toast.success(`${name} archived`)}
    >
      It is no longer offered when keys are issued.{' '}
      {keys === 0
        ? 'No key has been issued for it yet.'
        : keys === 1
          ? 'The key that was issued keeps working.'
          : `The ${countText(keys, 'key')} that were issued keep working.`}{' '}
      You can restore it at any time.
    </ConfirmDialog>
  )
}
