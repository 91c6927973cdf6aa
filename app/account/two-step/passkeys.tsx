'use client'
import { useActionState, useState, useTransition } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Words } from '#lib/words/en.ts'
import type { PasskeyToMake } from './actions.ts'
import { addPasskeyAction, beginPasskeyAction, removePasskeyAction } from './actions.ts'
import { type CodesWords, RecoveryCodes } from './recovery-codes.tsx'

/** Adds a passkey under a name: the server asks, the browser makes it, the server keeps its public half. */
export function AddPasskey({
  say,
  codesWords,
  proof,
}: {
  say: Words['account']['twoStep']['passkey']
  codesWords: CodesWords
  proof: ProofSayings
}) {
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
        setProblem((error as Error).name === 'InvalidStateError' ? say.there : say.none)
      }
    })
  const pending = isBeginning || isMaking || isAsking
  const failed = [state, asked].find(({ status, stepUp, errors }) => status === 'error' && !stepUp && !errors)
  const codes = state.status === 'ok' ? ((state.result ?? []) as string[]) : []
  return (
    <form action={begin} className="grid gap-4 noscript:hidden" noValidate>
      {codes.length > 0 && <RecoveryCodes codes={codes} say={codesWords} />}
      <FormError>{pending ? null : (problem ?? failed?.message)}</FormError>
      <Field label={say.name} error={(state.errors ?? asked.errors)?.name} description={say.nameHint}>
        <Input
          name="name"
          maxLength={60}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <StepUpField state={asked} words={proof} />
      <div>
        <Button type="submit" loading={pending}>
          {say.button}
        </Button>
      </div>
    </form>
  )
}

/** Takes a passkey away, after saying what that means. */
export function RemovePasskey({
  passkeyId,
  say,
  proof,
}: {
  passkeyId: string
  say: Record<'remove' | 'removeOne' | 'ask' | 'about' | 'done' | 'cancel' | 'close', string>
  proof: ProofSayings
}) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={say.removeOne}>
          {say.remove}
        </Button>
      }
      title={say.ask}
      confirmLabel={say.remove}
      leaveLabel={say.cancel}
      closeLabel={say.close}
      destructive
      values={{ passkeyId }}
      action={confirmAction(removePasskeyAction, proof)}
      onDone={() => toast.success(say.done)}
    >
      {say.about}
    </ConfirmDialog>
  )
}
