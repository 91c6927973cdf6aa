'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import type { FormState } from '#lib/web/action.ts'
import { PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'
import type { Words } from '#lib/words/en.ts'
import { PasskeyProof } from './passkey-proof.tsx'

/** What is asked for, in another language. */
export type ProofSayings = Words['account']['proof']

/** How one way of proving is asked for; without a label there is nothing to type. */
export type Asked = { label?: string | null; description: string }

/** Asks in place, within the form that needs it, for proof of who it is; nothing while none is wanted. */
export function StepUpField({
  state,
  words,
}: {
  state: Pick<FormState, 'stepUp' | 'message' | 'passkey'>
  /** Where the page is not in English. */
  words?: ProofSayings
}) {
  const { stepUp, message, passkey } = state
  if (!stepUp) return null
  return (
    <div className="grid gap-3">
      <Proof
        way={stepUp}
        message={words && message !== proofWords[stepUp].description ? words.wrong : message}
        words={words}
      />
      {passkey && <PasskeyProof key={passkey.challenge} request={passkey} words={words} />}
    </div>
  )
}

/** The field itself. `message` is what was wrong with the last proof, or what is asked for. */
export function Proof({
  way,
  message: said,
  words,
}: {
  way: StepUpWay
  message: string | undefined
  words?: ProofSayings | undefined
}) {
  const { label, description }: Asked = (words ?? proofWords)[way]
  const message = said === proofWords[way].description ? description : said
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
