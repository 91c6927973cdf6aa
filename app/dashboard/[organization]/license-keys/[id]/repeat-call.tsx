'use client'
import { Eye } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { toast } from '#components/ui/toast.tsx'
import { curlLine } from '#lib/refusals/curl.ts'
import { revealKey } from './actions.ts'

/** The line that repeats the last refused call; with its key once somebody asks for it, which the history records. */
export function RepeatCall({
  organization,
  licenseKeyId,
  url,
  body,
  masked,
  mayReveal,
}: {
  organization: string
  licenseKeyId: string
  url: string
  body: Record<string, unknown>
  masked: string
  mayReveal: boolean
}) {
  const [key, setKey] = useState<string | null>(null)
  const [revealing, start] = useTransition()
  const reveal = () =>
    start(async () => {
      const form = new FormData()
      form.set('organization', organization)
      form.set('licenseKeyId', licenseKeyId)
      const state = await revealKey({ status: 'idle' }, form)
      if (state.status === 'ok') setKey(String(state.result))
      else toast.error(state.message)
    })
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-mute text-sm">Repeat the last refused call</h3>
        {mayReveal && key === null && (
          <Button size="sm" loading={revealing} onClick={reveal}>
            <Eye size={14} aria-hidden="true" />
            Put in the key
          </Button>
        )}
      </div>
      <CodeBlock code={curlLine(url, key ?? masked, body)} wrap />
      <span aria-live="polite" className="sr-only">
        {key === null ? '' : 'The key is in the line. The history records it.'}
      </span>
    </div>
  )
}
