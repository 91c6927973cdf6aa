'use client'
import Link from 'next/link'
import { startTransition, useActionState, useOptimistic } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { CustomerMailItem } from '#lib/mail-settings/queries.ts'
import type { FormAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { switchOne } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await switchOne(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  if (state.status === 'error') toast.error(state.message)
  return state
}

/** One message: when it goes out, its subject, and a switch. */
export function MailRow({
  mail: { mail, label, when, on, onByDefault, subject, isOwn },
  organization,
  mayWrite,
}: {
  mail: CustomerMailItem
  organization: string
  mayWrite: boolean
}) {
  const [, submit] = useActionState(save, { status: 'idle' })
  const [shown, show] = useOptimistic(on)
  const toggle = (next: boolean) =>
    startTransition(() => {
      show(next)
      const form = new FormData()
      for (const [name, value] of Object.entries({ organization, mail, on: next ? 'on' : '' })) form.set(name, value)
      submit(form)
    })
  return (
    <li className="@container relative border-line2 border-t px-3.5 py-3 first:border-t-0 hover:bg-hover">
      <div className="flex items-start justify-between gap-4">
        <div className="grid min-w-0 flex-1 gap-x-6 gap-y-1 @2xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
              <Link
                href={paths.mailText({ organization, mail })}
                className="rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
              >
                {label}
              </Link>
              {isOwn && <Badge tone="accent">Your words</Badge>}
            </p>
            <p className="text-pretty text-mute text-sm">{when}</p>
          </div>
          <p className="min-w-0 break-words text-mute">{subject}</p>
        </div>
        <div className="relative w-[92px] shrink-0 text-right">
          {shown === null ? (
            <span className="text-mute text-sm">When asked for</span>
          ) : (
            <>
              <Switch
                label={<span className="sr-only">{label}</span>}
                checked={shown}
                disabled={!mayWrite}
                onChange={(event) => toggle(event.target.checked)}
              />
              <span className="text-mute text-sm">{onByDefault ? 'On' : 'Off'} by default</span>
            </>
          )}
        </div>
      </div>
    </li>
  )
}
