'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { useActionState, useState, useTransition } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** One button that asks the browser for a passkey, and an action that takes what it signed. Only where there are scripts. */
export function PasskeyForm({
  begin,
  action,
  callbackUrl,
  isMain = false,
  problem: noPasskey = 'No passkey was used. Try again, or sign in another way.',
  children,
}: {
  begin: () => Promise<PublicKeyCredentialRequestOptionsJSON | { error: string }>
  action: FormAction
  callbackUrl: string
  isMain?: boolean
  /** What is said when the browser gave none. */
  problem?: string
  children: string
}) {
  const [state, submit] = useActionState(action, { status: 'idle' })
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const press = () =>
    start(async () => {
      setProblem(null)
      try {
        const options = await begin()
        if ('error' in options) return setProblem(options.error)
        const { startAuthentication } = await import('@simplewebauthn/browser')
        const response = await startAuthentication({ optionsJSON: options })
        const form = new FormData()
        form.set('response', JSON.stringify(response))
        form.set('callbackUrl', callbackUrl)
        start(() => submit(form))
      } catch {
        setProblem(noPasskey)
      }
    })
  return (
    <div className="noscript:hidden grid gap-2">
      <FormError>{pending ? null : (problem ?? (state.status === 'error' ? state.message : null))}</FormError>
      <PlainButton type="button" size="lg" variant={isMain ? 'primary' : 'secondary'} loading={pending} onClick={press}>
        {children}
      </PlainButton>
    </div>
  )
}
