'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { NameAndSlug } from '#components/name-and-slug.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { newOrganizationAction } from './actions.ts'

/** Name and address. */
export function NewOrganizationForm({
  host,
  say,
}: {
  host: string
  say: Pick<Words['account']['newOrganization'], 'fields' | 'button'>
}) {
  const [state, submit, pending] = useActionState(newOrganizationAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  return (
    <form action={submit} {...form} className="grid gap-4 text-left text-ink" noValidate>
      <FormError>{pending || state.errors || state.status !== 'error' ? null : state.message}</FormError>
      <NameAndSlug say={say.fields} name="name" host={host} values={state.values} errors={errors} />
      <div>
        <SubmitButton>{say.button}</SubmitButton>
      </div>
    </form>
  )
}
