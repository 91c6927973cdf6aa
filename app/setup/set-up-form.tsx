'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { NameAndSlug } from '#components/name-and-slug.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { setUpAction } from './actions.ts'

/** Owner and organization. */
export function SetUpForm({ token, host }: { token: string; host: string }) {
  const [state, submit, pending] = useActionState(setUpAction, { status: 'idle' })
  const typed = (name: string) => (typeof state.values?.[name] === 'string' ? state.values[name] : '')
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
      <NameAndSlug
        say={{ name: 'Organization', nameHint: 'The name your customers know.', slug: 'Dashboard address' }}
        name="organizationName"
        host={host}
        values={state.values}
        errors={errors}
      />
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
