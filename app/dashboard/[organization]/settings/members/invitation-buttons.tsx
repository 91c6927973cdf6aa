'use client'
import { useActionState } from 'react'
import { StepUpField } from '#components/step-up-field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Invited } from '#lib/organizations/members.ts'
import { resend, withdraw } from './actions.ts'
import { InvitationLink } from './invitation-link.tsx'

/** Sends an invitation again, or takes it back. */
export function InvitationButtons({
  organization,
  invitation: { id, email },
}: {
  organization: string
  invitation: { id: string; email: string }
}) {
  const [resent, sendAgain] = useActionState(resend, { status: 'idle' })
  const [withdrawn, takeBack] = useActionState(withdraw, { status: 'idle' })
  const hidden = (
    <>
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="invitationId" value={id} />
    </>
  )
  const problem = [resent, withdrawn].find(({ status, stepUp }) => status === 'error' && !stepUp)?.message
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <form action={sendAgain} className="grid gap-2">
          {hidden}
          <StepUpField state={resent} />
          <SubmitButton variant="secondary" size="sm">
            Send again <span className="sr-only">to {email}</span>
          </SubmitButton>
        </form>
        <form action={takeBack} className="grid gap-2">
          {hidden}
          <StepUpField state={withdrawn} />
          <SubmitButton variant="secondary" size="sm">
            Withdraw <span className="sr-only">the invitation for {email}</span>
          </SubmitButton>
        </form>
      </div>
      {(problem || resent.status === 'ok') && (
        <div className="basis-full">
          <FormError>{problem}</FormError>
          {resent.status === 'ok' && <InvitationLink invited={resent.result as Invited} />}
        </div>
      )}
    </>
  )
}
