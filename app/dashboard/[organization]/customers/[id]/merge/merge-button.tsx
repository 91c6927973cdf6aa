'use client'
import { useRouter } from 'next/navigation'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import * as paths from '#lib/web/paths.ts'
import { mergeInto } from '../actions.ts'

type Side = { id: string; email: string }

/** Makes two customers one, after typing whose address goes. */
export function MergeButton({
  organization,
  from,
  into,
  keys,
}: {
  organization: string
  from: Side
  into: Side
  /** How many keys change hands, in words. */
  keys: string
}) {
  const router = useRouter()
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">Merge…</Button>}
      title={`Merge ${from.email} into ${into.email}?`}
      confirmLabel="Merge"
      destructive
      typed={from.email}
      values={{ organization, customerId: from.id, intoId: into.id }}
      action={confirmAction(mergeInto)}
      onDone={() => {
        toast.success('The two are one customer now')
        router.push(paths.customer({ organization, id: into.id }))
      }}
    >
      <strong>{keys}</strong> and everything else go to <b>{into.email}</b>. It cannot be taken back.
    </ConfirmDialog>
  )
}
