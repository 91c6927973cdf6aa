import type { ConfirmState } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Lets a ConfirmDialog run a form action. */
export const confirmAction =
  (action: FormAction) =>
  async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await action({ status: 'idle' }, form)
    if (state.status === 'ok') return { ok: true }
    const error = state.message ?? 'Something went wrong. Nothing was changed.'
    return { error, ...(state.conflicts && { was: state.was }) }
  }
