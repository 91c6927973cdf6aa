'use client'
import { useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { setReminders } from './actions.ts'

/** Stops reminders, or lets them come again. Works without JavaScript too. */
export function RemindersForm({
  link,
  areStopped,
  button,
}: {
  link: { mail: string; code: string }
  areStopped: boolean
  button: string
}) {
  const [state, submit, pending] = useActionState(setReminders, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="mail" value={link.mail} />
      <input type="hidden" name="code" value={link.code} />
      <input type="hidden" name="stop" value={areStopped ? '' : 'on'} />
      <FormError>{state.status === 'error' ? state.message : null}</FormError>
      <PlainButton type="submit" variant="primary" size="lg" loading={pending}>
        {button}
      </PlainButton>
    </form>
  )
}
