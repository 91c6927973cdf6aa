'use client'
import { type ReactNode, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import { type MildAction, mildActions } from '#lib/misuse/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import { act, excuse, suspect } from './actions.ts'

/** What the steps need to know of a key. */
export type StepsKey = {
  id: string
  masked: string
  email: string
  devices: number
  confirmed: number
  /** null: it takes any number, or none. */
  limit: number | null
  newDevicesBlocked: boolean
  isGranted: boolean
}

type Step = {
  label: string
  /** Who notices what, in a line. */
  notices: string
  /** The whole of it, before it happens. */
  asks: string
  /** Why it cannot be done; null when it can. */
  whyNot: string | null
}

// What the limit is lowered to: the devices that the owner confirmed, or those in use.
const keptBy = ({ confirmed, devices }: Pick<StepsKey, 'confirmed' | 'devices'>) => confirmed || devices

function stepsFor({
  email,
  devices,
  confirmed,
  limit,
  newDevicesBlocked,
  isGranted,
}: StepsKey): Record<MildAction, Step> {
  const kept = keptBy({ confirmed, devices })
  // What stops nobody any more is not offered.
  const off = isGranted ? null : 'The key is disabled or revoked already.'
  const noDevice = devices === 0 ? 'No device is active.' : null
  return {
    ask: {
      label: 'Ask the owner',
      notices: 'The owner gets a mail. Nothing else changes.',
      asks: `${email} is asked by mail which of the ${countText(devices, 'active device')} are theirs: one click says yes, or frees one. The key works as before. It cannot be unsent, and nothing happens when nobody answers.`,
      whyNot: off ?? noDevice,
    },
    block: {
      label: 'Block new devices',
      notices: 'Whoever adds a device is refused. Devices in use work on.',
      asks: `No further device can join. The ${countText(devices, 'active device')} go on working, and nobody is mailed. The owner notices when they add one. You can allow new devices again on the key's page.`,
      whyNot: off ?? (newDevicesBlocked ? 'They are blocked already.' : null),
    },
    lower: {
      label: `Lower the limit to ${kept}`,
      notices: confirmed
        ? 'To the devices that the owner confirmed. Others are not freed.'
        : 'To the devices in use. Nobody notices until another one is added.',
      asks: `The key takes ${countText(kept, 'device')} from now on. No device is freed: those in use go on working, and whoever adds one is refused until another is freed. You can raise the limit again on the key's page.`,
      whyNot: off ?? noDevice ?? (limit !== null && limit <= kept ? `Its limit is ${limit} already.` : null),
    },
    rotate: {
      label: 'Rotate and mail the owner',
      notices: 'The owner gets a new key. Whoever has only the old one is locked out in 7 days.',
      asks: `The key gets a new string, which ${email} is mailed. On the ${countText(devices, 'active device')} the old string works for 7 more days; no new device can be added with it. Everybody who was not mailed then has to ask for the new one. The old string cannot be brought back.`,
      whyNot: off,
    },
    disable: {
      label: 'Disable',
      notices: 'All devices stop at their next check, the owner’s as well.',
      asks: `The ${countText(devices, 'active device')} stop at their next check, also those of ${email}, who is not mailed. You can enable the key again at any time; everything is as before then.`,
      whyNot: off,
    },
  }
}

const ofSupport: readonly MildAction[] = ['ask', 'block', 'disable']

/** What can be done about a key, mildest first, each with who will notice what. */
export function FirstSteps({
  organization,
  licenseKey,
  mayWrite,
}: {
  organization: string
  licenseKey: StepsKey
  /** Not only what support may. */
  mayWrite: boolean
}) {
  const steps = stepsFor(licenseKey)
  return (
    <Card>
      <CardHeader title="What you can do">mildest first</CardHeader>
      <ul>
        {mildActions.map((action) => {
          const { label, notices, asks, ...step } = steps[action]
          const whyNot = step.whyNot ?? (mayWrite || ofSupport.includes(action) ? null : 'Ask an admin.')
          return (
            <li
              key={action}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 px-3.5 py-2.5 not-first:border-t"
            >
              <div className="min-w-[min(100%,220px)] flex-1">
                <p className="font-medium">{label}</p>
                <p className="text-pretty text-mute">{whyNot ?? notices}</p>
              </div>
              <Ask
                label={label}
                title={`${label}?`}
                name={licenseKey.masked}
                isOff={whyNot !== null}
                action={act}
                values={{ organization, licenseKeyId: licenseKey.id, action, limit: String(keptBy(licenseKey)) }}
                withReason={action === 'disable'}
              >
                {asks}
              </Ask>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

/** "This is fine", or that taken back. */
export function Fine({
  organization,
  licenseKey: { id, masked },
  isExcused,
}: {
  organization: string
  licenseKey: Pick<StepsKey, 'id' | 'masked'>
  isExcused: boolean
}) {
  const values = { organization, licenseKeyId: id }
  // Each its own: a question that is closing must not turn into the other one.
  return isExcused ? (
    <Ask
      key="again"
      label="Look at it again"
      title="Look at this key again?"
      name={masked}
      action={suspect}
      values={values}
    >
      What was said to be fine counts as before, from the next look on.
    </Ask>
  ) : (
    <Ask
      key="fine"
      label="This is fine"
      title="Is this key fine?"
      name={masked}
      action={excuse}
      values={values}
      withReason
    >
      The evidence of today is remembered as fine: it counts again only when it grows much. Your thresholds rise a
      little, so that keys like this one are shown less. You can take it back here.
    </Ask>
  )
}

function Ask({
  label,
  title,
  name,
  isOff = false,
  action,
  values,
  withReason = false,
  children,
}: {
  label: string
  title: string
  name: string
  isOff?: boolean
  action: FormAction
  values: Record<string, string>
  withReason?: boolean
  children: ReactNode
}) {
  const [open, setOpen] = useState(false)
  const run: FormAction = async (previous, form) => {
    const state = await action(previous, form)
    if (state.status === 'ok') toast.success(state.message)
    return state
  }
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" disabled={isOff} aria-label={`${label} (${name})`}>
          {label}
        </Button>
      }
      title={title}
      confirmLabel={label}
      values={values}
      action={confirmAction(run)}
      fields={
        withReason && (
          <Field label="Reason" optional description="Kept in the history; customers do not see it.">
            <Input name="reason" maxLength={200} autoComplete="off" />
          </Field>
        )
      }
    >
      <p>{children}</p>
    </ConfirmDialog>
  )
}
