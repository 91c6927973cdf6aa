'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ReactNode, useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { replace } from './actions.ts'

/** The devices, one of which gives up its place. Works without scripts. */
export function ReplaceForm({
  ask,
  devices,
  words,
}: {
  ask: string
  devices: { id: string; name: string; facts: ReactNode }[]
  words: { choose: string; warning: string; button: string }
}) {
  const [state, submit] = useActionState(replace, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="ask" value={ask} />
      <fieldset className="grid gap-2">
        <legend className="mb-2 font-medium">{words.choose}</legend>
        {devices.map(({ id, name, facts }) => (
          <label
            key={id}
            className="grid cursor-pointer grid-cols-[16px_minmax(0,1fr)] gap-x-2.5 rounded-card border border-line bg-panel px-3.5 py-2.5 shadow-soft has-checked:border-ring has-focus-visible:outline-2 has-focus-visible:outline-ring"
          >
            <span className="flex h-5 items-center">
              <input type="radio" name="activationId" value={id} required className="accent-btn" />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
            <span className="col-start-2">{facts}</span>
          </label>
        ))}
      </fieldset>
      <FormError>{state.status === 'error' ? (state.errors?.activationId?.[0] ?? state.message) : null}</FormError>
      <p className="text-pretty text-mute">{words.warning}</p>
      <div>
        <SubmitButton size="lg">{words.button}</SubmitButton>
      </div>
    </form>
  )
}
