import { createElement } from 'react'
import type { ConfirmState } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { type PasskeyRequest, PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'
import { PasskeyProof } from './passkey-proof.tsx'

// Proof of who it is, asked for within the dialog.
function askOf(way: StepUpWay, message: string, passkey: PasskeyRequest | undefined): ConfirmState['ask'] {
  const { label, description } = proofWords[way]
  return {
    ...{ name: PROOF, label, description, isSecret: way === 'password' },
    ...(passkey && { beside: createElement(PasskeyProof, { request: passkey, key: passkey.challenge }) }),
    ...(message !== description && { problem: message }),
  }
}

/** Lets a ConfirmDialog run a form action. */
export const confirmAction =
  (action: FormAction) =>
  async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await action({ status: 'idle' }, form)
    if (state.status === 'ok') return { ok: true }
    const error = state.message ?? 'Something went wrong. Nothing was changed.'
    const asked = state.stepUp && { ask: askOf(state.stepUp, error, state.passkey) }
    return { ...(asked ?? { error }), ...(state.conflicts && { was: state.was }) }
  }
