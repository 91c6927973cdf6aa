'use client'
import { useRouter } from 'next/navigation'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
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
  has,
  isChosen,
}: {
  organization: string
  from: Side
  into: Side
  /** How many keys and purchases change hands, in words. */
  has: string
  /** Whether the address that goes is one that they took themselves. */
  isChosen: boolean
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
      fields={
        isChosen && <Checkbox name="replaceChosenAddress" label={`Give up ${from.email}, which they took themselves`} />
      }
      action={confirmAction(mergeInto)}
      onDone={() => {
        toast.success('The two are one customer now')
        router.push(paths.customer({ organization, id: into.id }))
      }}
    >
      <strong>{has}</strong> and everything else go to <b>{into.email}</b>. It cannot be taken back.
    </ConfirmDialog>
  )
}
