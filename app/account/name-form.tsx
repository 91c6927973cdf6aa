'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { changeNameAction } from './actions.ts'

type PageWords = Words['account']['page']

/** The name that others in the organization see. */
export function NameForm({
  name,
  say,
}: {
  name: string
  say: Pick<PageWords, 'yourName' | 'nameHint' | 'saveName' | 'saved'>
}) {
  const [state, submit, pending] = useActionState(changeNameAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  const typed = typeof state.values?.name === 'string' ? state.values.name : name
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <OpenedWith values={{ name }} state={state} />
      <FormError>{pending || state.errors || state.status !== 'error' ? null : state.message}</FormError>
      <Field label={say.yourName} error={errors.name} description={say.nameHint}>
        <Input name="name" autoComplete="name" defaultValue={typed} key={typed} />
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="secondary">{say.saveName}</SubmitButton>
        <span role="status" className="text-ok">
          {state.status === 'ok' && !pending && say.saved}
        </span>
      </div>
    </form>
  )
}
