'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { ask } from './actions.ts'

/** Asks for everything as one file. */
export function AskArchive({ organization, isBusy }: { organization: string; isBusy: boolean }) {
  return (
    <ConfirmDialog
      trigger={
        <Button variant="primary" disabled={isBusy}>
          Export everything
        </Button>
      }
      title="Export everything?"
      confirmLabel="Export"
      values={{ organization }}
      fields={
        <Checkbox
          name="keyStrings"
          defaultChecked
          label="With whole key strings"
          description="Needed to move to another system. Without, keys are masked, and messages of stores come without their bodies."
        />
      }
      action={confirmAction(ask)}
      onDone={() => toast.success('The export is being written')}
    >
      The file has names and addresses of all customers. It takes the place of an earlier one, and the other owners are
      told by mail.
    </ConfirmDialog>
  )
}
