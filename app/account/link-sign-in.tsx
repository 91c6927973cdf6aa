'use client'
import { useActionState, useEffect } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { StepUpField } from '#components/step-up-field.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { toast } from '#components/ui/toast.tsx'
import { linkSignInAction, unlinkSignInAction } from './actions.ts'

/** Goes to a provider to link an account there. */
export function LinkSignIn({ provider, name }: { provider: string; name: string }) {
  const [state, submit, pending] = useActionState(linkSignInAction, { status: 'idle' })
  const to = state.status === 'ok' ? String(state.result) : null
  useEffect(() => {
    if (to) window.location.assign(to)
  }, [to])
  return (
    <form action={submit} className="grid gap-3" noValidate>
      <input type="hidden" name="provider" value={provider} />
      <FormError>{state.status === 'error' && !state.stepUp && !pending ? state.message : null}</FormError>
      <StepUpField state={state} />
      {to ? (
        // Where no script goes there by itself.
        <a href={to} className="text-accent underline underline-offset-2">
          Go on to {name}
        </a>
      ) : (
        <div>
          <Button type="submit" loading={pending}>
            Link {name}
          </Button>
        </div>
      )}
    </form>
  )
}

/** Takes a linked sign-in away, after saying what that means. */
export function UnlinkSignIn({ linkedSignInId, name }: { linkedSignInId: string; name: string }) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Unlink ${name}`}>
          Unlink
        </Button>
      }
      title={`Unlink ${name}?`}
      confirmLabel="Unlink"
      destructive
      values={{ linkedSignInId }}
      action={confirmAction(unlinkSignInAction)}
      onDone={() => toast.success(`${name} was unlinked`)}
    >
      It no longer signs you in, and other browsers are signed out. You can link it again here.
    </ConfirmDialog>
  )
}
