'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { setTwoStepRequired } from './actions.ts'

/** Requires two-step sign-in of all members, or leaves it to each. `without` counts those who have none. */
export function RequireTwoStep({
  organization,
  isRequired,
  without,
}: {
  organization: string
  isRequired: boolean
  without: number
}) {
  const people = without === 1 ? 'One member has' : `${without} members have`
  return (
    <ConfirmDialog
      trigger={<Button>{isRequired ? 'Leave it to each member' : 'Require it of all'}</Button>}
      title={isRequired ? 'Leave two-step sign-in to each member?' : 'Require two-step sign-in?'}
      confirmLabel={isRequired ? 'Leave it to each' : 'Require it'}
      values={{ organization, required: isRequired ? 'no' : 'yes' }}
      action={confirmAction(setTwoStepRequired)}
      onDone={() => toast.success(isRequired ? 'Left to each member' : 'Required of all members')}
    >
      {isRequired
        ? 'Members can then turn it off for themselves, and new ones need not set it up.'
        : without === 0
          ? 'All members have it already. Whoever joins has to set it up first.'
          : `${people} not set it up. At their next page they are led to do so, and see nothing here before.`}
    </ConfirmDialog>
  )
}
