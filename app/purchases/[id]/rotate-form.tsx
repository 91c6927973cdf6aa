'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Gets another key, after the warning of what stops; folded up until somebody wants it. Works without scripts. */
export function RotateForm({
  action,
  licenseKeyId,
  words,
}: {
  action: FormAction
  licenseKeyId: string
  words: { title: string; about: string; warning: string; button: string }
}) {
  const [state, submit] = useActionState(action, { status: 'idle' })
  return (
    <details
      // Without scripts it comes back folded up, with the answer in it.
      open={state.status !== 'idle' || undefined}
      className="rounded-card border border-line bg-panel shadow-soft"
      data-print="hide"
    >
      <summary className="rounded-card px-3.5 py-2.5 font-medium">{words.title}</summary>
      <form action={submit} className="grid gap-3 px-3.5 pb-3.5">
        <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
        <p className="text-pretty text-mute">{words.about}</p>
        <p className="text-pretty">{words.warning}</p>
        {state.status === 'ok' && (
          <p role="status" className="text-pretty font-medium text-ok">
            {state.message}
          </p>
        )}
        {state.status === 'error' && (
          <p role="alert" className="text-pretty font-medium text-bad">
            {state.message}
          </p>
        )}
        <div>
          <SubmitButton variant="danger">{words.button}</SubmitButton>
        </div>
      </form>
    </details>
  )
}
