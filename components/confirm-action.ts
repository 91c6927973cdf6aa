import type { ConfirmState } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { PROOF, proofWords, type StepUpWay } from '#lib/web/proof.ts'

// Proof of who it is, asked for within the dialog.
function askOf(way: StepUpWay, message: string): ConfirmState['ask'] {
  const { label, description } = proofWords[way]
  return {
    ...{ name: PROOF, label, description, isSecret: way === 'password' },
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
    const asked = state.stepUp && { ask: askOf(state.stepUp, error) }
    return { ...(asked ?? { error }), ...(state.conflicts && { was: state.was }) }
  }
