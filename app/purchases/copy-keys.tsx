'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Copies all keys of a purchase, one a line. */
export function CopyKeys({
  action,
  purchaseId,
  label,
  words,
}: {
  action: FormAction
  purchaseId: string
  label: string
  words: { copied: string; copyFailed: string }
}) {
  const read = async (): Promise<string> => {
    const form = new FormData()
    form.set('purchaseId', purchaseId)
    const state = await action({ status: 'idle' }, form)
    if (state.status !== 'ok') throw new Error(state.message)
    return state.result as string
  }
  return (
    <CopyButton value={read} label={label} words={words} size="sm" className="noscript:hidden">
      {label}
    </CopyButton>
  )
}
