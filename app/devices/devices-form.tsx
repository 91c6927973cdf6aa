'use client'
import { useActionState } from 'react'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { answer } from './actions.ts'

type Device = { id: string; label: string; seen: string }

/** The devices, each ticked as one's own: one click says yes to all. Works without JavaScript too. */
export function DevicesForm({
  link,
  devices,
  words,
}: {
  link: { question: string; code: string }
  devices: Device[]
  words: { button: string; consequence: string }
}) {
  const [state, submit, pending] = useActionState(answer, { status: 'idle' })
  if (state.status === 'ok') {
    return (
      <p role="status" className="text-pretty">
        {state.message}
      </p>
    )
  }
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="question" value={link.question} />
      <input type="hidden" name="code" value={link.code} />
      <ul className="grid gap-3">
        {devices.map(({ id, label, seen }) => (
          <li key={id}>
            <input type="hidden" name="shown[]" value={id} />
            <Checkbox name="mine[]" value={id} defaultChecked label={label} description={seen} />
          </li>
        ))}
      </ul>
      <FormError>{state.status === 'error' ? state.message : null}</FormError>
      <PlainButton type="submit" variant="primary" size="lg" loading={pending}>
        {words.button}
      </PlainButton>
      <p className="text-pretty text-mute text-sm">{words.consequence}</p>
    </form>
  )
}
