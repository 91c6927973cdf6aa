'use client'
import type { Route } from 'next'
import { type ReactNode, useActionState } from 'react'
import type { FormAction, FormState } from '#lib/web/action.ts'
import { useLeaveGuard } from './leave-guard.ts'
import { useMendedErrors } from './mended-errors.ts'
import { OpenedWith } from './opened-with.tsx'
import { StepUpField } from './step-up-field.tsx'
import { Button } from './ui/button.tsx'
import { FormError } from './ui/form-error.tsx'
import { toast } from './ui/toast.tsx'

const idle: FormState = { status: 'idle' }

/** What follows in forms that stay where they are: their message. */
export const sayDone = ({ message }: FormState) => {
  if (message) toast.success(message)
}

/**
 * A form of a page that is sent, mended and guarded like all others. `onDone` runs in the browser when it went through, also when the page
 * has put another form in its place by then; without it the form is posted without JavaScript, too.
 */
export function usePageForm(action: FormAction, onDone?: (state: FormState) => void) {
  const told: FormAction = async (previous, data) => {
    const next = await action(previous, data)
    if (next.status === 'ok') onDone?.(next)
    return next
  }
  const [state, submit, pending] = useActionState(onDone ? told : action, idle)
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  // Once every field that was marked is changed, nothing is left to check.
  const isMended =
    state.errors !== undefined && Object.keys(state.errors).length > 0 && Object.keys(errors).length === 0
  const attributes = { ...form, action: submit, noValidate: true }
  return { state, pending, isMended, errors: pending ? {} : errors, attributes }
}

export type PageFormUse = ReturnType<typeof usePageForm>

type BarProps = {
  use: PageFormUse
  /** What the button says. */
  save?: string
  /** Where one goes who leaves everything as it is. A form that has it is left, too, when it went through. */
  cancel?: Route
  /** More buttons, or words about what saving comes to. */
  children?: ReactNode
}

/** How a form ends: the button that sends it, and the way out. */
export function FormBar({ use: { state, pending }, save = 'Save', cancel, children }: BarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
      <Button type="submit" variant="primary" loading={pending || (cancel !== undefined && state.status === 'ok')}>
        {save}
      </Button>
      {cancel && (
        <Button href={cancel} variant="ghost">
          Cancel
        </Button>
      )}
      {children}
    </div>
  )
}

type FormProps = Omit<BarProps, 'children'> & {
  /** Sent along; what is null is left out. */
  hidden: Record<string, string | null>
  /** What the form changes, as it was when it was opened. */
  opened?: Record<string, unknown> | null
  className?: string
  /** The sections. */
  children: ReactNode
  /** In the bar, after the buttons. */
  beside?: ReactNode
}

/** What stands around the sections of a form: what is sent along, what went wrong, and its end. */
export function PageForm({ use, hidden, opened, className, children, beside, ...bar }: FormProps) {
  const { state, pending, isMended, attributes } = use
  return (
    <form
      {...attributes}
      className={className}
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
    >
      {Object.entries(hidden).map(
        ([name, value]) => value !== null && <input key={name} type="hidden" name={name} value={value} />,
      )}
      {opened && <OpenedWith values={opened} state={state} />}
      <FormError className="mb-5">
        {state.status === 'error' && !state.stepUp && !pending && !isMended ? state.message : null}
      </FormError>
      {children}
      {state.stepUp && (
        <div className="border-line border-t py-5">
          <StepUpField state={state} />
        </div>
      )}
      <FormBar use={use} {...bar}>
        {beside}
      </FormBar>
    </form>
  )
}
