'use client'
import { Clock } from 'lucide-react'
import { useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Menu, MenuItem } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import { type Snooze, snoozes } from '#lib/refusals/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import { snooze, wake } from '../fix-actions.ts'

type About = { organization: string; subject: string; code: string }

function formOf(values: Record<string, string>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  return form
}

async function run(action: FormAction, values: Record<string, string>) {
  const state = await action({ status: 'idle' }, formOf(values))
  if (state.status === 'ok') toast.success(state.message ?? 'Done')
  else toast.error(state.message)
}

/** Puts a trouble aside. `name`: whose it is, for screen readers. */
export function SnoozeMenu({ name, ...about }: About & { name: string }) {
  const [pending, start] = useTransition()
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={`Snooze ${name}`} size="icon-sm" disabled={pending}>
          <Clock size={14} aria-hidden="true" />
        </IconButton>
      }
    >
      {Object.entries(snoozes).map(([how, label]) => (
        <MenuItem key={how} onSelect={() => start(() => run(snooze, { ...about, for: how as Snooze }))}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  )
}

/** Brings a trouble back that was put aside. */
export function WakeButton(about: About) {
  const [pending, start] = useTransition()
  return (
    <Button size="sm" loading={pending} onClick={() => start(() => run(wake, about))}>
      Bring back
    </Button>
  )
}
