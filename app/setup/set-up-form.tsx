'use client'
import { useActionState, useState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { slugFrom } from '#lib/organizations/plain.ts'
import { setUpAction } from './actions.ts'

/** Owner and organization. The address follows the name until it is typed itself. */
export function SetUpForm({ token, host }: { token: string; host: string }) {
  const [state, submit, pending] = useActionState(setUpAction, { status: 'idle' })
  const typed = (name: string) => (typeof state.values?.[name] === 'string' ? state.values[name] : '')
  // Without JavaScript these begin with what was sent.
  const [organizationName, setOrganizationName] = useState(typed('organizationName'))
  const [slug, setSlug] = useState<string | null>(typed('slug') || null)
  const { errors, form } = useMendedErrors(state)
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      {token && !state.errors?.token ? (
        <input type="hidden" name="token" value={token} />
      ) : (
        <Field
          label="Setup token"
          error={errors.token}
          description="Printed on the console where Latchkey was started."
        >
          <Input name="token" mono autoComplete="off" spellCheck={false} defaultValue={token} />
        </Field>
      )}
      <Field label="Organization" error={errors.organizationName} description="The name your customers know.">
        <Input
          name="organizationName"
          autoComplete="organization"
          value={organizationName}
          onChange={(event) => setOrganizationName(event.target.value)}
        />
      </Field>
      <Field label="Dashboard address" error={errors.slug}>
        <Input
          name="slug"
          autoComplete="off"
          spellCheck={false}
          before={`${host}/dashboard/`}
          value={slug ?? slugFrom(organizationName)}
          onChange={(event) => setSlug(event.target.value || null)}
        />
      </Field>
      <Field label="Your name" error={errors.name}>
        <Input name="name" autoComplete="name" defaultValue={typed('name')} key={`name ${typed('name')}`} />
      </Field>
      <Field label="Your e-mail address" error={errors.email}>
        <Input
          name="email"
          type="text"
          inputMode="email"
          autoComplete="username"
          spellCheck={false}
          defaultValue={typed('email')}
          key={`email ${typed('email')}`}
        />
      </Field>
      <Field
        label="Password"
        error={errors.password}
        description="At least 10 characters. A whole sentence works well."
      >
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <SubmitButton size="lg">Set up and sign in</SubmitButton>
    </form>
  )
}
