'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Invited } from '#lib/organizations/members.ts'
import { roleWords } from '#lib/organizations/rules.ts'
import type { Role } from '#prisma/enums.ts'
import { invite } from './actions.ts'
import { InvitationLink } from './invitation-link.tsx'

/** Asks for an address and a role, and says what became of it. */
export function InviteForm({
  organization,
  roles,
  isMailed,
}: {
  organization: string
  roles: readonly Role[]
  isMailed: boolean
}) {
  const [state, submit, pending] = useActionState(invite, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'email')
  const typed = typeof state.values?.email === 'string' ? state.values.email : ''
  const role = typeof state.values?.role === 'string' ? state.values.role : 'support'
  const items = roles.map((value) => ({ value, ...roleWords[value] }))
  return (
    <div className="grid gap-4">
      <form
        action={submit}
        {...form}
        className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-[minmax(0,1fr)_180px_auto] sm:items-start"
        noValidate
      >
        <input type="hidden" name="organization" value={organization} />
        <Field label="E-mail address" error={errors.email}>
          <Input name="email" type="email" autoComplete="off" spellCheck={false} defaultValue={typed} key={typed} />
        </Field>
        <Field label="Role" error={errors.role}>
          <Select name="role" items={items} defaultValue={role} key={role} />
        </Field>
        {state.stepUp && (
          <div className="sm:col-span-3 sm:row-start-2">
            <StepUpField state={state} />
          </div>
        )}
        <SubmitButton className="sm:mt-[26px]">{isMailed ? 'Send invitation' : 'Invite'}</SubmitButton>
      </form>
      <FormError>
        {pending || state.errors || state.stepUp || state.status !== 'error' ? null : state.message}
      </FormError>
      {state.status === 'ok' && <InvitationLink invited={state.result as Invited} />}
    </div>
  )
}
