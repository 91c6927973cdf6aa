'use client'
import { useRouter } from 'next/navigation'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import * as paths from '#lib/web/paths.ts'
import { remove } from '../../actions.ts'

/** Ends an endpoint, and says before what goes with it. */
export function RemoveButton({
  organization,
  endpointId,
  url,
}: {
  organization: string
  endpointId: string
  url: string
}) {
  const router = useRouter()
  return (
    <ConfirmDialog
      trigger={<Button className="text-bad!">Remove</Button>}
      title="Remove this endpoint?"
      confirmLabel="Remove"
      destructive
      values={{ organization, endpointId }}
      action={confirmAction(remove)}
      onDone={() => {
        toast.success('Endpoint removed')
        router.push(paths.webhooks({ organization }))
      }}
    >
      Nothing more is sent to <b className="break-all">{url}</b>. Its secret, what waits for it and the list of what was
      sent are deleted. This cannot be undone. To stop for a while, switch it off instead.
    </ConfirmDialog>
  )
}
