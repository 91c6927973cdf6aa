import { createElement } from 'react'
import type { ConfirmState } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { type PasskeyRequest, PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'
import { PasskeyProof } from './passkey-proof.tsx'
import type { Asked, ProofSayings } from './step-up-field.tsx'

// Proof of who it is, asked for within the dialog.
function askOf(
  way: StepUpWay,
  said: string,
  passkey: PasskeyRequest | undefined,
  words: ProofSayings | undefined,
): ConfirmState['ask'] {
  const { label = null, description }: Asked = (words ?? proofWords)[way]
  const message = said === proofWords[way].description ? description : (words?.wrong ?? said)
  return {
    ...{ name: PROOF, label, description, isSecret: way === 'password' },
    ...(passkey && { beside: createElement(PasskeyProof, { request: passkey, key: passkey.challenge, words }) }),
    ...(message !== description && { problem: message }),
  }
}

/** Lets a ConfirmDialog run a form action. */
export const confirmAction =
  (action: FormAction, words?: ProofSayings) =>
  async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await action({ status: 'idle' }, form)
    if (state.status === 'ok') return { ok: true }
    const error = state.message ?? 'Something went wrong. Nothing was changed.'
    const asked = state.stepUp && { ask: askOf(state.stepUp, error, state.passkey, words) }
    return { ...(asked ?? { error }), ...(state.conflicts && { was: state.was }) }
  }
