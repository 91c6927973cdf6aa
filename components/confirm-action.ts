import type { ConfirmState } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Lets a ConfirmDialog run a form action. */
export const confirmAction =
  (action: FormAction) =>
  async (_previous: ConfirmState, form: FormData): Promise<ConfirmState> => {
    const state = await action({ status: 'idle' }, form)
    return state.status === 'ok'
      ? { ok: true }
      : { error: state.message ?? 'Something went wrong. Nothing was changed.' }
  }
