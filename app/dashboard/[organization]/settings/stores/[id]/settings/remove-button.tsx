'use client'
import { useRouter } from 'next/navigation'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import * as paths from '#lib/web/paths.ts'
import { remove } from '../../actions.ts'

/** Ends a connection, and says before what that leaves behind. */
export function RemoveButton({
  organization,
  connectionId,
  name,
  store,
  purchases,
}: {
  organization: string
  connectionId: string
  name: string
  store: string
  purchases: number
}) {
  const router = useRouter()
  return (
    <ConfirmDialog
      trigger={<Button className="text-bad!">Remove</Button>}
      title={`Remove ${name}?`}
      confirmLabel="Remove"
      destructive
      typed={purchases > 0 ? name : undefined}
      values={{ organization, connectionId }}
      action={confirmAction(remove)}
      onDone={() => {
        toast.success(`${name} removed`)
        router.push(paths.stores({ organization }))
      }}
    >
      {purchases > 0 && (
        <>
          <b>{countText(purchases, 'purchase')}</b> and their keys stay as they are now, and follow {store} no more: a
          subscription that is canceled there later goes on working here.{' '}
        </>
      )}
      Its address stops taking what {store} sends, and the list of deliveries is deleted. This cannot be undone. To stop
      for a while, switch it off instead.
    </ConfirmDialog>
  )
}
