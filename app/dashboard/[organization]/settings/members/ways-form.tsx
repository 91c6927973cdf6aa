'use client'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { StepUpField } from '#components/step-up-field.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { SignInWay } from '#lib/auth/ways.ts'
import type { FormAction } from '#lib/web/action.ts'
import { setWays } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await setWays(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** One way to sign in, as the form offers it. */
export type WayChoice = { way: SignInWay; name: string; note?: string }

/** By which ways members may come in. */
export function WaysForm({
  organization,
  allowed,
  choices,
}: {
  organization: string
  allowed: readonly SignInWay[]
  choices: readonly WayChoice[]
}) {
  const [state, submit] = useActionState(save, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form
      {...form}
      action={submit}
      aria-label="Ways to sign in"
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
      className="grid grid-cols-1 gap-4"
    >
      <input type="hidden" name="organization" value={organization} />
      <OpenedWith values={{ ways: allowed }} state={state} />
      <FormError>{state.status === 'error' && !state.errors && !state.stepUp ? state.message : null}</FormError>
      <RadioCards
        name="which"
        label="How members may sign in"
        hideLabel
        defaultValue={allowed.length === 0 ? 'any' : 'some'}
        error={errors.ways}
        options={[
          {
            value: 'any',
            label: 'Any way',
            description: 'Each member chooses among what this server offers.',
          },
          {
            value: 'some',
            label: 'Only some ways',
            description: 'Whoever came otherwise sees nothing here before they sign in again by one of these.',
            children: (
              <div className="mt-1 grid gap-2">
                {choices.map(({ way, name, note }) => (
                  <Checkbox
                    key={way}
                    name="ways[]"
                    value={way}
                    defaultChecked={allowed.includes(way)}
                    label={name}
                    description={note}
                  />
                ))}
              </div>
            ),
          },
        ]}
      />
      <StepUpField state={state} />
      <div>
        <SubmitButton aria-label="Save ways to sign in">Save</SubmitButton>
      </div>
    </form>
  )
}
