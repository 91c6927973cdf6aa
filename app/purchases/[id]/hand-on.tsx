'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormAction, FormState } from '#lib/web/action.ts'

type HandOnWords = {
  title: string
  about: string
  warning: string
  to: string
  button: string
  waitingTitle: string
  withdraw: string
}

const card = 'rounded-card border border-line bg-panel shadow-soft'

/** Gives the key to somebody else, once they say yes; while they think about it, takes that back. Works without scripts. */
export function HandOn({
  handOn,
  withdraw,
  licenseKeyId,
  waiting,
  words,
}: {
  handOn: FormAction
  withdraw: FormAction
  licenseKeyId: string
  /** Who was asked, and until when they may say yes; null: nobody. */
  waiting: string | null
  words: HandOnWords
}) {
  const [offered, offer] = useActionState(handOn, { status: 'idle' })
  const [taken, takeBack] = useActionState(withdraw, { status: 'idle' })
  const key = <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
  if (waiting)
    return (
      <form action={takeBack} className={`${card} grid gap-2 px-3.5 py-3`} data-print="hide">
        {key}
        <h2 className="font-medium">{words.waitingTitle}</h2>
        <p className="text-pretty text-mute [overflow-wrap:anywhere]">{waiting}</p>
        <Said state={taken} />
        <div>
          <SubmitButton variant="secondary">{words.withdraw}</SubmitButton>
        </div>
      </form>
    )
  const error = offered.status === 'error' ? offered : null
  const typed = error?.values?.email
  return (
    <details
      // Without scripts it comes back folded up, with the answer in it.
      open={offered.status !== 'idle' || taken.status !== 'idle' || undefined}
      className={card}
      data-print="hide"
    >
      <summary className="rounded-card px-3.5 py-2.5 font-medium">{words.title}</summary>
      <form action={offer} className="grid gap-3 px-3.5 pb-3.5">
        {key}
        <p className="text-pretty text-mute">{words.about}</p>
        <p className="text-pretty">{words.warning}</p>
        <Field label={words.to} error={error?.errors?.email ?? (error?.errors ? error.message : undefined)}>
          <Input
            type="email"
            name="email"
            required
            autoComplete="off"
            defaultValue={typeof typed === 'string' ? typed : ''}
          />
        </Field>
        {!error?.errors && <Said state={offered} />}
        <Said state={taken} />
        <div>
          <SubmitButton variant="danger">{words.button}</SubmitButton>
        </div>
      </form>
    </details>
  )
}

function Said({ state }: { state: FormState }) {
  if (state.status === 'idle' || !state.message) return null
  const isGood = state.status === 'ok'
  return (
    <p role={isGood ? 'status' : 'alert'} className={`text-pretty font-medium ${isGood ? 'text-ok' : 'text-bad'}`}>
      {state.message}
    </p>
  )
}
