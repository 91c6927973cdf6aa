'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { NameAndSlug } from '#components/name-and-slug.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { newOrganizationAction } from './actions.ts'

/** Name and address. */
export function NewOrganizationForm({ host }: { host: string }) {
  const [state, submit, pending] = useActionState(newOrganizationAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  return (
    <form action={submit} {...form} className="grid gap-4 text-left text-ink" noValidate>
      <FormError>{pending || state.errors || state.status !== 'error' ? null : state.message}</FormError>
      <NameAndSlug label="Name" name="name" host={host} values={state.values} errors={errors} />
      <div>
        <SubmitButton>Create organization</SubmitButton>
      </div>
    </form>
  )
}
