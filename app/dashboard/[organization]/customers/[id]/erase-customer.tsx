'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { eraseCustomer } from './actions.ts'

/** Deletes a customer's personal data, after saying what goes and what stays, and typing their address. */
export function EraseCustomer({
  organization,
  customerId,
  email,
  has,
}: {
  organization: string
  customerId: string
  email: string
  /** How many keys and purchases stay, in words. */
  has: string
}) {
  return (
    <ConfirmDialog
      trigger={<Button variant="warning">Delete personal data</Button>}
      title="Delete what is known of this person?"
      confirmLabel="Delete personal data"
      destructive
      typed={email}
      values={{ organization, customerId }}
      action={confirmAction(eraseCustomer)}
      onDone={() => toast.success('Their personal data was deleted')}
    >
      Name, address, metadata, notes, mails, the names of devices, calls and their account go, and cannot be brought
      back. <strong>{has}</strong> and order numbers stay under nobody’s name, and go on working. Their store keeps what
      it knows: delete it there, too.
    </ConfirmDialog>
  )
}
