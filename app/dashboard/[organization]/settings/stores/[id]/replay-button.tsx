'use client'
import type { ComponentProps, ReactNode } from 'react'
import { useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import { replay } from '../actions.ts'

/** Handles deliveries once more: one by its id, or all that failed or wait. */
export function ReplayButton({
  organization,
  connectionId,
  which,
  size = 'sm',
  children,
}: {
  organization: string
  connectionId: string
  which: string
  size?: ComponentProps<typeof Button>['size']
  children: ReactNode
}) {
  const [pending, startTransition] = useTransition()
  const run = () =>
    startTransition(async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries({ organization, connectionId, which })) form.set(name, value)
      const state = await replay({ status: 'idle' }, form)
      if (state.status !== 'ok') return void toast.error(state.message)
      const { replayed } = state.result as { replayed: number }
      toast.success(`Handling ${countText(replayed, 'delivery', 'deliveries')} again`)
    })
  return (
    <Button size={size} loading={pending} onClick={run}>
      {children}
    </Button>
  )
}
