'use client'
import { useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Retryable } from '#lib/jobs/plain.ts'
import { retry } from './actions.ts'

/** Tries again what failed: one by its id, or all of a kind. */
export function RetryButton({
  organization,
  kind,
  id = '',
  what,
}: {
  organization: string
  kind: Retryable
  id?: string
  /** What it is about, for those who do not see what stands beside it. */
  what: string
}) {
  const [pending, startTransition] = useTransition()
  const run = () =>
    startTransition(async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries({ organization, kind, id })) form.set(name, value)
      const state = await retry({ status: 'idle' }, form)
      if (state.status !== 'ok') return void toast.error(state.message)
      const { retried } = state.result as { retried: number }
      if (retried === 0) toast.error('Nothing of it can be tried again')
      else toast.success(retried === 1 ? 'Trying it again' : `Trying ${retried} again`)
    })
  return (
    <Button size="sm" loading={pending} onClick={run} aria-label={id ? `Try again: ${what}` : `Try all again: ${what}`}>
      {id ? 'Try again' : 'Try all again'}
    </Button>
  )
}
