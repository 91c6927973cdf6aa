'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { changeAddress } from './actions.ts'

/** Gives the dashboard another address. */
export function ChangeSlug({ organization, host }: { organization: string; host: string }) {
  return (
    <ConfirmDialog
      trigger={<Button>Change address</Button>}
      title="Change the address of the dashboard?"
      confirmLabel="Change address"
      values={{ organization, from: organization }}
      fields={
        <Field label="Dashboard address">
          <Input
            name="slug"
            defaultValue={organization}
            before={`${host}/dashboard/`}
            maxLength={40}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      }
      action={confirmAction(changeAddress)}
    >
      Links to the present address go on working and lead to the new one; nobody else can have it. Software and the API
      use ids, so nothing changes for them.
    </ConfirmDialog>
  )
}
