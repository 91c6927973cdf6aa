'use client'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog, type ConfirmState } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import { type ResendSpan, resendSpans } from '#lib/webhook-endpoints/plain.ts'
import { resendAll } from '../actions.ts'

const spans = Object.keys(resendSpans) as ResendSpan[]

/** Sends once more what failed or was given up since a time. */
export function ResendAllButton({
  organization,
  endpointId,
  isOff,
  failed,
}: {
  organization: string
  endpointId: string
  isOff: boolean
  failed: Record<ResendSpan, number>
}) {
  const run = async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await resendAll({ status: 'idle' }, form)
    if (state.status !== 'ok') return { error: state.message ?? 'Nothing was sent.' }
    toast.success(`Sending ${countText(state.result as number, 'message')} again`)
    return { ok: true }
  }
  const trigger = (
    <Button disabledReason={isOff ? 'Switch the endpoint on first' : undefined}>Send all failed again</Button>
  )
  if (isOff) return trigger
  return (
    <ConfirmDialog
      trigger={trigger}
      title="Send all failed again?"
      confirmLabel="Send again"
      values={{ organization, endpointId }}
      fields={
        <Field label="Which failed">
          <Select
            name="span"
            defaultValue={spans.find((span) => failed[span] > 0) ?? 'all'}
            items={spans.map((span) => ({
              value: span,
              label: `${resendSpans[span]}: ${countText(failed[span], 'message')}`,
              disabled: failed[span] === 0,
            }))}
          />
        </Field>
      }
      action={run}
    >
      Each goes out with the id it had, so a receiver that remembers ids takes none of them twice. Its record is sent as
      it is now.
    </ConfirmDialog>
  )
}
