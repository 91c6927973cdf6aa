'use client'
import { useActionState, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormState } from '#lib/web/action.ts'
import { putHeader } from '../../actions.ts'

/** Headers that are sent along: their names, and a form for one more or another value. */
export function HeaderCard({
  organization,
  endpointId,
  names,
}: {
  organization: string
  endpointId: string
  names: readonly string[]
}) {
  const values = { organization, endpointId }
  return (
    <Card>
      <CardHeader title="Headers" />
      {names.length > 0 && (
        <ul>
          {names.map((name) => (
            <li key={name} className="flex items-center gap-3 border-line2 border-b px-3.5 py-2">
              <span className="min-w-0 flex-1 break-all">
                <code className="font-mono text-sm">{name}</code> <span className="text-mute">••••••</span>
              </span>
              <ConfirmDialog
                trigger={
                  <Button size="sm" variant="ghost" aria-label={`Remove ${name}`}>
                    Remove
                  </Button>
                }
                title={`Remove the header ${name}?`}
                confirmLabel="Remove"
                values={{ ...values, name, secret: '' }}
                action={confirmAction(putHeader)}
                onDone={() => toast.success('Header removed')}
              >
                It is sent no longer. A server that asks for it refuses what is sent from then on.
              </ConfirmDialog>
            </li>
          ))}
        </ul>
      )}
      <AddHeader {...values} />
    </Card>
  )
}

function AddHeader({ organization, endpointId }: { organization: string; endpointId: string }) {
  const [saved, setSaved] = useState(0)
  const [state, submit] = useActionState(async (previous: FormState, data: FormData): Promise<FormState> => {
    if (!String(data.get('secret')).trim()) {
      const errors = { secret: ['Enter the value to send.'] }
      return { status: 'error', errors }
    }
    const next = await putHeader(previous, data)
    if (next.status === 'ok') {
      toast.success(next.message)
      setSaved((times) => times + 1)
    }
    return next
  }, idle)
  const { errors, form } = useMendedErrors(state)
  return (
    <form
      {...form}
      action={submit}
      noValidate
      // React empties a form after its action; what was typed stays until it is saved.
      onReset={(event) => event.preventDefault()}
      className="grid gap-3 px-3.5 py-3"
    >
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="endpointId" value={endpointId} />
      <p className="text-pretty text-mute">
        Sent along with each event, such as a password your server asks for. Values are kept encrypted and shown to
        nobody; the same name once more replaces its value.
      </p>
      <FormError>{state.status === 'error' && !state.errors ? state.message : null}</FormError>
      <div key={saved} className="@container">
        <div className="grid gap-3 @lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <Field label="Name" error={errors.name}>
            <Input name="name" mono maxLength={100} autoComplete="off" spellCheck={false} placeholder="authorization" />
          </Field>
          <Field label="Value" error={errors.secret}>
            <Input name="secret" mono maxLength={1_000} autoComplete="off" spellCheck={false} placeholder="Bearer …" />
          </Field>
        </div>
      </div>
      <div>
        <SubmitButton variant="secondary">Save header</SubmitButton>
      </div>
    </form>
  )
}

const idle: FormState = { status: 'idle' }
