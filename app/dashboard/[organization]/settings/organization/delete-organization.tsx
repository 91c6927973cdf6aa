'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { toast } from '#components/ui/toast.tsx'
import { DELETION_DAYS } from '#lib/organizations/plain.ts'
import { askOrganizationDeletion, stopOrganizationDeletion } from './actions.ts'

/** Asks for the end of the organization, after typing its name. */
export function DeleteOrganization({ organization, name }: { organization: string; name: string }) {
  return (
    <ConfirmDialog
      trigger={<Button variant="warning">Delete this organization</Button>}
      title={`Delete ${name}?`}
      confirmLabel="Delete"
      destructive
      values={{ organization }}
      fields={
        <Field label="Name of the organization" description={`Type ${name}.`}>
          <Input name="name" autoComplete="off" spellCheck={false} />
        </Field>
      }
      action={confirmAction(askOrganizationDeletion)}
      onDone={() => toast.success(`It will be deleted in ${DELETION_DAYS} days`)}
    >
      In <strong>{DELETION_DAYS} days</strong> its keys, customers, purchases, history and settings are deleted, and
      software that asks about its keys is told that there are none. Until then everything works, and any owner can stop
      it. All owners are told by mail.
    </ConfirmDialog>
  )
}

/** Keeps an organization that was to be deleted. */
export function StopDeletion({ organization, name }: { organization: string; name: string }) {
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">Keep it</Button>}
      title={`Keep ${name}?`}
      confirmLabel="Keep it"
      values={{ organization }}
      action={confirmAction(stopOrganizationDeletion)}
      onDone={() => toast.success('The organization stays')}
    >
      Nothing was deleted, and nothing will be. All owners are told by mail.
    </ConfirmDialog>
  )
}
