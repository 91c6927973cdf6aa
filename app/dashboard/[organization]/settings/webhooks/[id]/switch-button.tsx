'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { switchEndpoint } from '../actions.ts'

/** Switches an endpoint off, or on again, and says what that does. */
export function SwitchButton({
  organization,
  endpointId,
  url,
  off,
}: {
  organization: string
  endpointId: string
  url: string
  /** What it is to be. */
  off: boolean
}) {
  const verb = off ? 'Switch off' : 'Switch on'
  return (
    <ConfirmDialog
      trigger={<Button size={off ? 'md' : 'sm'}>{verb}</Button>}
      title={`${verb} this endpoint?`}
      confirmLabel={verb}
      values={{ organization, endpointId, off: off ? 'on' : '' }}
      action={confirmAction(switchEndpoint)}
      onDone={() => toast.success(`Endpoint switched ${off ? 'off' : 'on'}`)}
    >
      {off ? (
        <>
          Nothing more is sent to <b className="break-all">{url}</b>, what waits for it is given up, and{' '}
          <b>what happens while it is off is not sent later</b>. What was given up can be sent again once it is on.
        </>
      ) : (
        <>
          What happens from now on is sent to <b className="break-all">{url}</b>. What failed before can be sent again
          from its list of messages; what happened while it was off cannot.
        </>
      )}
    </ConfirmDialog>
  )
}
