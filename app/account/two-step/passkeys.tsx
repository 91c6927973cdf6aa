'use client'
import { useActionState, useState, useTransition } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { StepUpField } from '#components/step-up-field.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { PasskeyToMake } from './actions.ts'
import { addPasskeyAction, beginPasskeyAction, removePasskeyAction } from './actions.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Adds a passkey under a name: the server asks, the browser makes it, the server keeps its public half. */
export function AddPasskey() {
  const [state, submit, isAsking] = useActionState(addPasskeyAction, { status: 'idle' })
  const [asked, begin, isBeginning] = useActionState(
    async (_previous: Awaited<ReturnType<typeof beginPasskeyAction>>, form: FormData) => {
      const answer = await beginPasskeyAction({ status: 'idle' }, form)
      if (answer.status === 'ok') make(answer.result as PasskeyToMake, String(form.get('name') ?? ''))
      return answer
    },
    { status: 'idle' },
  )
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isMaking, start] = useTransition()
  const make = (options: PasskeyToMake, chosen: string) =>
    start(async () => {
      setProblem(null)
      try {
        const { startRegistration } = await import('@simplewebauthn/browser')
        const response = await startRegistration({ optionsJSON: options })
        const form = new FormData()
        form.set('response', JSON.stringify(response))
        form.set('name', chosen)
        start(() => submit(form))
        setName('')
      } catch (error) {
        setProblem(
          (error as Error).name === 'InvalidStateError'
            ? 'This device has a passkey for your account already.'
            : 'No passkey was made. Try again when you are ready.',
        )
      }
    })
  const pending = isBeginning || isMaking || isAsking
  const failed = [state, asked].find(({ status, stepUp, errors }) => status === 'error' && !stepUp && !errors)
  const codes = state.status === 'ok' ? ((state.result ?? []) as string[]) : []
  return (
    <form action={begin} className="grid gap-4 noscript:hidden" noValidate>
      {codes.length > 0 && <RecoveryCodes codes={codes} />}
      <FormError>{pending ? null : (problem ?? failed?.message)}</FormError>
      <Field
        label="Name of the passkey"
        error={(state.errors ?? asked.errors)?.name}
        description="So that you know it later: the phone, the key on your key ring."
      >
        <Input
          name="name"
          maxLength={60}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <StepUpField state={asked} />
      <div>
        <Button type="submit" loading={pending}>
          Add a passkey
        </Button>
      </div>
    </form>
  )
}

/** Takes a passkey away, after saying what that means. */
export function RemovePasskey({ passkeyId, name }: { passkeyId: string; name: string }) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Remove ${name}`}>
          Remove
        </Button>
      }
      title={`Remove ${name}?`}
      confirmLabel="Remove"
      destructive
      values={{ passkeyId }}
      action={confirmAction(removePasskeyAction)}
      onDone={() => toast.success(`${name} was removed`)}
    >
      It no longer signs you in, and other browsers are signed out. Without another second step, two-step sign-in is
      off.
    </ConfirmDialog>
  )
}
