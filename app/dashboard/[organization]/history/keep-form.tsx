'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import { historyMonths, historyWords } from '#lib/organizations/plain.ts'
import { keep } from './actions.ts'

const FOREVER = 'forever'

/** How long the history is kept, and how to change it. */
export function KeepHistoryForm({ organization, months }: { organization: string; months: number | null }) {
  const items = [
    { value: FOREVER, label: 'Forever' },
    ...historyMonths.map((value) => ({ value: String(value), label: historyWords(value) })),
  ]
  return (
    <ConfirmDialog
      trigger={<Button>Kept {historyWords(months)}</Button>}
      title="How long is it kept?"
      confirmLabel="Save"
      values={{ organization }}
      opened={{ months }}
      fields={
        <Field label="Keep the history">
          <Select name="months" items={items} defaultValue={months === null ? FOREVER : String(months)} />
        </Field>
      }
      action={confirmAction(keep)}
      onDone={() => toast.success('Saved')}
    >
      Older events are deleted the next night, here and for programs that read them, and cannot be brought back. Keys,
      customers and purchases stay. The security log is kept as long as its own page says.
    </ConfirmDialog>
  )
}
