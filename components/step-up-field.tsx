'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { FormState } from '#lib/web/action.ts'
import { PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'
import { PasskeyProof } from './passkey-proof.tsx'

/** Asks in place, within the form that needs it, for proof of who it is; nothing while none is wanted. */
export function StepUpField({ state }: { state: Pick<FormState, 'stepUp' | 'message' | 'passkey'> }) {
  const { stepUp, message, passkey } = state
  if (!stepUp) return null
  return (
    <div className="grid gap-3">
      <Proof way={stepUp} message={message} />
      {passkey && <PasskeyProof key={passkey.challenge} request={passkey} />}
    </div>
  )
}

/** The field itself. `message` is what was wrong with the last proof, or what is asked for. */
export function Proof({ way, message }: { way: StepUpWay; message: string | undefined }) {
  const { label, description } = proofWords[way]
  if (!label) return <Notice tone="warn">{way === 'passkey' ? (message ?? description) : description}</Notice>
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
