'use client'
import { useActionState, useState } from 'react'
import { DeactivateDevice } from '#components/deactivate-device.tsx'
import { useMendedErrors } from '#components/mended-errors.ts'
import { MetaWords } from '#components/meta-words.tsx'
import { OpenedWith } from '#components/opened-with.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Dialog, DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { IDLE_DAYS, idleDays } from '#lib/license-keys/look.ts'
import type { ActivationSummary } from '#lib/license-keys/queries.ts'
import type { EffectiveLimits } from '#lib/license-keys/rules.ts'
import type { FormState } from '#lib/web/action.ts'
import { undoable } from '../../undo-toast.ts'
import { deactivateDevice, renameDevice } from './actions.ts'

/** The devices that hold a slot of the key. */
export function DeviceList({
  organization,
  devices,
  limits,
  newDevicesBlocked,
  mayWrite,
  now,
}: {
  organization: string
  devices: ActivationSummary[]
  limits: EffectiveLimits
  newDevicesBlocked: boolean
  mayWrite: boolean
  now: Date
}) {
  const { mode, limit, overridden } = limits.activations
  const words = mode === 'off' ? 'activations off' : limit === null ? 'unlimited' : `limit ${numberText(limit)}`
  const over = limit === null ? 0 : devices.length - limit
  return (
    <Card>
      <CardHeader
        title={
          <span id="devices" tabIndex={-1} className="scroll-mt-16">
            Devices
          </span>
        }
      >
        {newDevicesBlocked && <Badge tone="warn">new devices blocked</Badge>}
        {words}
        <Badge tone={overridden ? 'accent' : 'plain'}>{overridden ? 'overridden' : 'from configuration'}</Badge>
      </CardHeader>
      {over > 0 && (
        <p className="border-line2 border-b bg-warnbg px-3.5 py-2 text-warn">
          {countText(over, 'device')} more than the limit. {devices.length === 1 ? 'It keeps' : 'All keep'} working; no
          new device can be added.
        </p>
      )}
      {devices.length === 0 ? (
        <EmptyState className="py-8!" title={mode === 'off' ? 'This key takes no activations' : 'No devices yet'}>
          {mode === 'off'
            ? 'Software validates it without naming a device.'
            : 'A device appears here when software activates the key on it.'}
        </EmptyState>
      ) : (
        <ul className="@container">
          {devices.map((device) => (
            <Device key={device.id} organization={organization} device={device} mayWrite={mayWrite} now={now} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Device({
  organization,
  device,
  mayWrite,
  now,
}: {
  organization: string
  device: ActivationSummary
  mayWrite: boolean
  now: Date
}) {
  const idle = idleDays(device, now)
  const conditions = Object.entries(device.conditions)
  return (
    <li className="grid items-center gap-x-4 gap-y-0.5 border-line2 border-t px-3.5 py-2 first:border-t-0 @2xl:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_7.5rem_8rem_auto]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="break-words">{device.label}</span>
          {idle > IDLE_DAYS && <Badge tone="warn">idle {countText(idle, 'day')}</Badge>}
        </p>
        {conditions.length > 0 && (
          <p className="break-words text-mute text-sm">
            only with <MetaWords value={device.conditions} />
          </p>
        )}
      </div>
      <div className="min-w-0 break-words text-mute">
        <MetaWords value={device.meta} />
      </div>
      <div className="flex flex-wrap gap-x-4 text-mute @2xl:contents">
        <span>
          {device.lastValidatedAt ? (
            <>
              seen <Time value={device.lastValidatedAt} now={now} />
            </>
          ) : (
            'never seen'
          )}
        </span>
        <span>
          since <DateText value={device.createdAt} />
        </span>
      </div>
      {mayWrite && (
        <div className="flex gap-1 @max-2xl:mt-1.5">
          <RenameDevice organization={organization} device={device} />
          <DeactivateDevice
            organization={organization}
            device={device}
            action={undoable(organization, deactivateDevice)}
            trigger={
              <Button size="sm" aria-label={`Deactivate ${device.label}`}>
                Deactivate
              </Button>
            }
          />
        </div>
      )}
    </li>
  )
}

function RenameDevice({ organization, device }: { organization: string; device: ActivationSummary }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      size="sm"
      title={`Rename ${device.label}`}
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Rename ${device.label}`}>
          Rename
        </Button>
      }
    >
      <RenameForm organization={organization} device={device} onDone={() => setOpen(false)} />
    </Dialog>
  )
}

function RenameForm({
  organization,
  device,
  onDone,
}: {
  organization: string
  device: ActivationSummary
  onDone: () => void
}) {
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, form) => {
      const next = await renameDevice(previous, form)
      if (next.status === 'ok') {
        toast.success(next.message)
        onDone()
      }
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state)
  return (
    <form {...form} action={submit} className="grid gap-4">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="activationId" value={device.id} />
      <OpenedWith values={{ label: device.label }} state={state} />
      <Field
        label="Name"
        error={errors.label}
        description="The customer sees it too. The device itself notices nothing."
      >
        <Input
          name="label"
          maxLength={256}
          autoComplete="off"
          defaultValue={String(state.values?.label ?? device.label)}
        />
      </Field>
      <FormError>{state.errors ? null : state.status === 'error' && state.message}</FormError>
      <DialogFooter>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
        <SubmitButton>Rename</SubmitButton>
      </DialogFooter>
    </form>
  )
}
