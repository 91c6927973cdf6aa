'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { resetText } from '../../actions.ts'

/** Goes back to our words, after a question. */
export const ResetButton = ({ organization, mail, label }: { organization: string; mail: string; label: string }) => (
  <ConfirmDialog
    trigger={<Button>Back to the original</Button>}
    title={`Write “${label}” as it was?`}
    confirmLabel="Back to the original"
    values={{ organization, mail }}
    action={confirmAction(resetText)}
    onDone={() => toast.success('Back to the original')}
  >
    Your subject and text are thrown away.
  </ConfirmDialog>
)
