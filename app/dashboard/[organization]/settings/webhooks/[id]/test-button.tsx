'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog, type ConfirmState } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/select.tsx'
import * as paths from '#lib/web/paths.ts'
import { typeGroupsOf } from '#lib/webhook-endpoints/plain.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'
import { PING } from '#lib/webhooks/plain.ts'
import { test } from '../actions.ts'

/** Vendors have no ping. */
const choicesOf = (format: WebhookFormat) => [
  ...(format === 'latchkey'
    ? [{ value: PING, label: PING, description: 'Says nothing, and shows whether it arrives.' }]
    : []),
  ...typeGroupsOf(format).flatMap(({ types }) =>
    types.map(({ type, says }) => ({ value: type, label: type, description: says })),
  ),
]

/** Sends an example of any event, and leads to what comes of it. */
export function TestButton({
  organization,
  endpointId,
  isOff,
  format,
  primary = false,
}: {
  organization: string
  endpointId: string
  isOff: boolean
  format: WebhookFormat
  primary?: boolean
}) {
  const router = useRouter()
  const [sent, setSent] = useState<string | null>(null)
  const send = async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await test({ status: 'idle' }, form)
    if (state.status !== 'ok') return { error: state.message ?? 'Nothing was sent.' }
    setSent(state.result as string)
    router.push(paths.webhookMessage({ organization, id: endpointId, message: state.result as string }))
    return { ok: true }
  }
  const choices = choicesOf(format)
  const trigger = (
    <Button
      variant={primary ? 'primary' : 'secondary'}
      loading={sent !== null}
      disabledReason={isOff ? 'Switch the endpoint on first' : undefined}
    >
      Send a test event
    </Button>
  )
  if (isOff) return trigger
  return (
    <ConfirmDialog
      trigger={trigger}
      title="Send a test event"
      confirmLabel="Send"
      values={{ organization, endpointId }}
      fields={
        <Field label="Event">
          <Select name="type" items={choices} defaultValue={choices[0]?.value ?? PING} />
        </Field>
      }
      action={send}
    >
      It is signed and sent like any other, whatever the endpoint is told of
      {format === 'latchkey' && (
        <>
          , and says <b>"test": true</b>
        </>
      )}
      . Nothing has happened.
    </ConfirmDialog>
  )
}
