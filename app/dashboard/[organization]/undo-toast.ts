import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { undoChange } from './actions.ts'

const UNDO_MS = 60_000

/** Says that something was done to one key or to many, and offers for a minute to take it back. */
export function sayDone(organization: string, message: string | undefined, bulkChangeId: string | null): void {
  toast.success(
    message,
    bulkChangeId
      ? { duration: UNDO_MS, action: { label: 'Undo', onClick: () => void takeBack(organization, bulkChangeId) } }
      : {},
  )
}

/** An action that says what it has done, and offers to take it back where its result has an `undoId`. */
export const undoable =
  (organization: string, action: FormAction, message?: string): FormAction =>
  async (previous, form) => {
    const state = await action(previous, form)
    if (state.status === 'ok') sayDone(organization, message ?? state.message, undoIdOf(state.result))
    return state
  }

const undoIdOf = (result: unknown): string | null => (result as { undoId?: string | null } | undefined)?.undoId ?? null

async function takeBack(organization: string, bulkChangeId: string): Promise<void> {
  const form = new FormData()
  form.set('organization', organization)
  form.set('bulkChangeId', bulkChangeId)
  const state = await undoChange({ status: 'idle' }, form)
  if (state.status === 'ok') toast.success(state.message)
  else toast.error(state.message)
}
