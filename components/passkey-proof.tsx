'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { useRef, useState, useTransition } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { PASSKEY_PROOF, type PasskeyRequest } from '#lib/web/proof.ts'

/** A button within a form that proves by a passkey who sends it, and then sends it. Only where there are scripts. */
export function PasskeyProof({
  request,
  words = { usePasskey: 'Use a passkey', noPasskey: 'No passkey was used. Try again.' },
}: {
  request: PasskeyRequest
  words?: { usePasskey: string; noPasskey: string } | undefined
}) {
  const field = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const press = () =>
    start(async () => {
      setProblem(null)
      try {
        const { startAuthentication } = await import('@simplewebauthn/browser')
        const response = await startAuthentication({ optionsJSON: request as PublicKeyCredentialRequestOptionsJSON })
        const input = field.current
        const submit = input?.form?.querySelector<HTMLButtonElement>('button[type="submit"]')
        if (!input?.form || !submit) return
        input.value = JSON.stringify(response)
        input.form.requestSubmit(submit)
      } catch {
        setProblem(words.noPasskey)
      }
    })
  return (
    <div className="noscript:hidden grid justify-items-start gap-2">
      <input ref={field} type="hidden" name={PASSKEY_PROOF} defaultValue="" />
      <FormError>{pending ? null : problem}</FormError>
      <PlainButton type="button" loading={pending} onClick={press}>
        {words.usePasskey}
      </PlainButton>
    </div>
  )
}
