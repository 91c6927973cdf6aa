'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { switchConnection } from '../actions.ts'

/** Switches a connection off, or on again, and says what that does. */
export function SwitchButton({
  organization,
  connectionId,
  name,
  store,
  off,
}: {
  organization: string
  connectionId: string
  name: string
  store: string
  /** What it is to be. */
  off: boolean
}) {
  const verb = off ? 'Switch off' : 'Switch on'
  return (
    <ConfirmDialog
      trigger={<Button size={off ? 'md' : 'sm'}>{verb}</Button>}
      title={`${verb} ${name}?`}
      confirmLabel={verb}
      values={{ organization, connectionId, off: off ? 'on' : '' }}
      action={confirmAction(switchConnection)}
      onDone={() => toast.success(`${name} switched ${off ? 'off' : 'on'}`)}
    >
      {off ? (
        <>
          Deliveries from {store} are still taken and kept, but nothing follows from them: <b>no keys are issued</b>,
          and none are revoked. Keys that exist go on working. Once it is on again, everything that came is handled.
        </>
      ) : (
        'Everything that came meanwhile is handled now: keys are issued and mailed, and others are revoked, as the store says.'
      )}
    </ConfirmDialog>
  )
}
