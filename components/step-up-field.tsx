'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { FormState } from '#lib/web/action.ts'
import { PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'

/** Asks in place, within the form that needs it, for proof of who it is; nothing while none is wanted. */
export function StepUpField({ state }: { state: Pick<FormState, 'stepUp' | 'message'> }) {
  const { stepUp, message } = state
  return stepUp ? <Proof way={stepUp} message={message} /> : null
}

/** The field itself. `message` is what was wrong with the last proof, or what is asked for. */
export function Proof({ way, message }: { way: StepUpWay; message: string | undefined }) {
  const { label, description } = proofWords[way]
  if (!label) return <Notice tone="warn">{description}</Notice>
  return (
    <Field label={label} description={description} error={message && message !== description ? [message] : undefined}>
      <Input
        name={PROOF}
        type={way === 'password' ? 'password' : 'text'}
        autoComplete={way === 'password' ? 'current-password' : 'one-time-code'}
        spellCheck={false}
        autoFocus
      />
    </Field>
  )
}
