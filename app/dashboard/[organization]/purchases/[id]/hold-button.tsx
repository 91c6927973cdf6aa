'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { hold } from './actions.ts'

/** Keeps a key although its purchase is over, or lets it follow its purchase again. */
export function HoldButton({
  organization,
  licenseKeyId,
  masked,
  held,
  ends,
}: {
  organization: string
  licenseKeyId: string
  masked: string
  held: boolean
  /** The purchase says that its keys are revoked. */
  ends: boolean
}) {
  const verb = held ? 'Release' : 'Keep'
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`${verb} ${masked}`}>
          {verb}
        </Button>
      }
      title={held ? 'Let this key follow its purchase?' : 'Keep this key?'}
      confirmLabel={verb}
      destructive={held && ends}
      values={{ organization, licenseKeyId, held: held ? '' : 'on' }}
      action={confirmAction(hold)}
      onDone={() => toast.success(held ? 'The key follows its purchase again' : 'Key kept')}
    >
      {held
        ? ends
          ? 'It is revoked now: the very next validation is refused.'
          : 'It goes on working. When the purchase ends, the key ends with it.'
        : 'It works again, and goes on working whatever the store says of the purchase, until somebody releases it here.'}
    </ConfirmDialog>
  )
}
