'use client'
import { useActionState, useEffect } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { toast } from '#components/ui/toast.tsx'
import { linkSignInAction, unlinkSignInAction } from './actions.ts'

/** Goes to a provider to link an account there. */
export function LinkSignIn({
  provider,
  words,
  proof,
}: {
  provider: string
  words: { link: string; goOn: string }
  proof: ProofSayings
}) {
  const [state, submit, pending] = useActionState(linkSignInAction, { status: 'idle' })
  const to = state.status === 'ok' ? String(state.result) : null
  useEffect(() => {
    if (to) window.location.assign(to)
  }, [to])
  return (
    <form action={submit} className="grid gap-3" noValidate>
      <input type="hidden" name="provider" value={provider} />
      <FormError>{state.status === 'error' && !state.stepUp && !pending ? state.message : null}</FormError>
      <StepUpField state={state} words={proof} />
      {to ? (
        // Where no script goes there by itself.
        <a href={to} className="text-accent underline underline-offset-2">
          {words.goOn}
        </a>
      ) : (
        <div>
          <Button type="submit" loading={pending}>
            {words.link}
          </Button>
        </div>
      )}
    </form>
  )
}

/** Takes a linked sign-in away, after saying what that means. */
export function UnlinkSignIn({
  linkedSignInId,
  words,
  proof,
}: {
  linkedSignInId: string
  words: Record<'unlink' | 'unlinkOne' | 'ask' | 'about' | 'done' | 'cancel' | 'close', string>
  proof: ProofSayings
}) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={words.unlinkOne}>
          {words.unlink}
        </Button>
      }
      title={words.ask}
      confirmLabel={words.unlink}
      leaveLabel={words.cancel}
      closeLabel={words.close}
      destructive
      values={{ linkedSignInId }}
      action={confirmAction(unlinkSignInAction, proof)}
      onDone={() => toast.success(words.done)}
    >
      {words.about}
    </ConfirmDialog>
  )
}
