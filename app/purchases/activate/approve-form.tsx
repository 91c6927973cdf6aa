'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { type ReactNode, useActionState } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { approve, deny } from './actions.ts'

/** A key with room, or one whose devices may give up their place; or one that cannot be chosen, with the reason. */
export type ShownKey = {
  id: string
  name: string
  ending: string
  facts: string
  isFree: boolean
  devices: { id: string; name: string; facts: ReactNode }[]
  why: string | null
}

export type ApproveWords = { choose: string; stops: string; name: string; button: string; deny: string }

const card = 'rounded-card border border-line bg-panel px-3.5 py-2.5 shadow-soft'
const option = 'grid grid-cols-[16px_minmax(0,1fr)] gap-x-2.5'

/** Yes with one of the keys, or no. Works without scripts. */
export function ApproveForm({
  request,
  label,
  keys,
  words,
}: {
  request: string
  label: string
  keys: ShownKey[]
  words: ApproveWords
}) {
  const [yes, submitYes] = useActionState(approve, { status: 'idle' })
  const [no, submitNo] = useActionState(deny, { status: 'idle' })
  const failed = yes.status === 'error' ? yes : no.status === 'error' ? no : null
  const kept = yes.status === 'error' ? yes.values : undefined
  const choices = keys.filter(({ why }) => why === null)
  // The only one that takes it without anybody losing a place.
  const chosen = kept?.choice ?? (choices.length === 1 && choices[0]?.isFree ? choices[0].id : undefined)
  return (
    <>
      <form action={submitYes} className="grid gap-5">
        <input type="hidden" name="request" value={request} />
        {keys.length > 0 && (
          <fieldset className="grid gap-2">
            <legend className="mb-2 font-medium">{words.choose}</legend>
            {keys.map((key) => (
              <KeyOption key={key.id} shown={key} chosen={chosen} />
            ))}
            {choices.some(({ isFree }) => !isFree) && <p className="mt-1 text-pretty text-mute">{words.stops}</p>}
          </fieldset>
        )}
        {choices.length > 0 && (
          <Field label={words.name}>
            <Input name="label" defaultValue={typeof kept?.label === 'string' ? kept.label : label} maxLength={256} />
          </Field>
        )}
        <FormError>{failed ? (failed.errors?.choice?.[0] ?? failed.message) : null}</FormError>
        <div className="flex flex-wrap gap-2">
          {choices.length > 0 && <SubmitButton size="lg">{words.button}</SubmitButton>}
          <button type="submit" form="deny" className={buttonLook('secondary', 'lg')}>
            {words.deny}
          </button>
        </div>
      </form>
      <form id="deny" action={submitNo}>
        <input type="hidden" name="request" value={request} />
      </form>
    </>
  )
}

function KeyOption({ shown, chosen }: { shown: ShownKey; chosen: unknown }) {
  const { id, name, ending, facts, isFree, devices, why } = shown
  const about = (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{name}</span>
      <span className="font-mono text-mute text-sm">{ending}</span>
      <span className="text-mute">{facts}</span>
    </span>
  )
  if (isFree && why === null)
    return (
      <label
        className={`${card} ${option} cursor-pointer has-checked:border-ring has-focus-visible:outline-2 has-focus-visible:outline-ring`}
      >
        <span className="flex h-5 items-center">
          <input type="radio" name="choice" value={id} required defaultChecked={id === chosen} className="accent-btn" />
        </span>
        {about}
      </label>
    )
  return (
    <div className={`${card} grid gap-2.5`}>
      {about}
      {why !== null && <p className="text-pretty text-mute">{why}</p>}
      {why === null &&
        devices.map((device) => (
          <label key={device.id} className={`${option} cursor-pointer`}>
            <span className="flex h-5 items-center">
              <input
                {...{ type: 'radio', name: 'choice', value: `${id}:${device.id}`, required: true }}
                defaultChecked={`${id}:${device.id}` === chosen}
                className="accent-btn"
              />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{device.name}</span>
            <span className="col-start-2">{device.facts}</span>
          </label>
        ))}
    </div>
  )
}
