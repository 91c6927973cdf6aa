'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { findRequest } from './actions.ts'

/** Takes the code that software shows. A code from the address is filled in, and still sent by hand. */
export function CodeForm({ code, words }: { code: string; words: { code: string; button: string } }) {
  const [state, submit] = useActionState(findRequest, { status: 'idle' })
  const typed = state.status === 'error' ? state.values?.code : undefined
  return (
    <form action={submit} className="grid max-w-72 gap-4">
      <Field
        label={words.code}
        error={state.status === 'error' ? (state.errors?.code?.[0] ?? state.message) : undefined}
      >
        <Input
          name="code"
          defaultValue={typeof typed === 'string' ? typed : code}
          required
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="BCDF-GHJK"
          className="h-10 font-mono text-md uppercase tracking-widest placeholder:normal-case"
        />
      </Field>
      <div>
        <SubmitButton size="lg">{words.button}</SubmitButton>
      </div>
    </form>
  )
}
