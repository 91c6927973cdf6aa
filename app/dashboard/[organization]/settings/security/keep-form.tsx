'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import { securityLogMonths } from '#lib/organizations/plain.ts'
import { keepLog } from './actions.ts'

/** How long the log is kept, and how to change it. */
export function KeepForm({ organization, months }: { organization: string; months: number }) {
  const items = securityLogMonths.map((value) => ({ value: String(value), label: countText(value, 'month') }))
  return (
    <ConfirmDialog
      trigger={<Button>Kept {countText(months, 'month')}</Button>}
      title="How long is it kept?"
      confirmLabel="Save"
      values={{ organization }}
      opened={{ months }}
      fields={
        <Field label="Keep the security log">
          <Select name="months" items={items} defaultValue={String(months)} />
        </Field>
      }
      action={confirmAction(keepLog)}
      onDone={() => toast.success('Saved')}
    >
      After that, sign-ins are deleted within the hour. Everything else stays in the history, without network address
      and device.
    </ConfirmDialog>
  )
}
