'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { hold } from './actions.ts'

type Props = { organization: string; licenseKeyId: string; masked: string }

/** Keeps a key although its purchase is over. */
export function HoldButton({ organization, licenseKeyId, masked }: Props) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Keep ${masked}`}>
          Keep
        </Button>
      }
      title="Keep this key?"
      confirmLabel="Keep"
      values={{ organization, licenseKeyId, held: 'on' }}
      action={confirmAction(hold)}
      onDone={() => toast.success('Key kept')}
    >
      It works again, and goes on working whatever the store says of the purchase, until somebody releases it here.
    </ConfirmDialog>
  )
}

/** Lets a key follow its purchase again that is kept, or for which people chose something else. */
export function ReleaseButton({
  organization,
  licenseKeyId,
  masked,
  chosen,
  ends,
}: Props & {
  /** What the purchase says where people chose something else. */
  chosen: string[]
  /** It is kept although the purchase says that its keys are revoked. */
  ends: boolean
}) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Release ${masked}`}>
          Release
        </Button>
      }
      title="Let this key follow its purchase?"
      confirmLabel="Release"
      destructive={ends}
      values={{ organization, licenseKeyId, held: '' }}
      action={confirmAction(hold)}
      onDone={() => toast.success('The key follows its purchase again')}
    >
      {chosen.length > 0 && `It gets what the purchase says. ${chosen.join('. ')}. `}
      {ends
        ? 'It is revoked now: the very next validation is refused.'
        : 'When the purchase ends, the key ends with it.'}
    </ConfirmDialog>
  )
}
