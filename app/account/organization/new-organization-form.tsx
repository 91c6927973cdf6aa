'use client'
import { useActionState, useState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { slugFrom } from '#lib/organizations/plain.ts'
import { newOrganizationAction } from './actions.ts'

/** Name and address; the address follows the name until somebody types one. */
export function NewOrganizationForm({ host }: { host: string }) {
  const [state, submit, pending] = useActionState(newOrganizationAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  const typed = (field: string) => (typeof state.values?.[field] === 'string' ? state.values[field] : '')
  const [name, setName] = useState(typed('name'))
  const [slug, setSlug] = useState<string | null>(typed('slug') || null)
  return (
    <form action={submit} {...form} className="grid gap-4 text-left text-ink" noValidate>
      <FormError>{pending || state.errors || state.status !== 'error' ? null : state.message}</FormError>
      <Field label="Name" error={errors.name} description="The name your customers know.">
        <Input
          name="name"
          autoComplete="organization"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label="Dashboard address" error={errors.slug}>
        <Input
          name="slug"
          autoComplete="off"
          spellCheck={false}
          before={`${host}/dashboard/`}
          value={slug ?? slugFrom(name)}
          onChange={(event) => setSlug(event.target.value || null)}
        />
      </Field>
      <div>
        <SubmitButton>Make it</SubmitButton>
      </div>
    </form>
  )
}
