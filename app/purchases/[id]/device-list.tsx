'use client'
import { Pencil } from 'lucide-react'
import { useActionState, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Dialog, DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { DateText, Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { deviceMark, idleDays } from '#lib/purchases/rules.ts'
import type { FormState } from '#lib/web/action.ts'
import { deactivateDevice, renameDevice } from '../actions.ts'

type Device = {
  id: string
  label: string
  meta: Record<string, unknown>
  lastValidatedAt: Date | null
  createdAt: Date
}

/** Where a key is in use, and how to free a place. */
export function DeviceList({
  devices,
  limit,
  newDevicesBlocked,
  mayNotDeactivate,
  mayNotRename,
  product,
  organization,
  works,
  now,
}: {
  devices: Device[]
  limit: number | null
  newDevicesBlocked: boolean
  mayNotDeactivate: string | null
  mayNotRename: string | null
  product: string
  organization: string
  /** False for a key that no software accepts any more. */
  works: boolean
  now: Date
}) {
  const isFull = limit !== null && devices.length >= limit
  return (
    <Card>
      <CardHeader title="Devices">
        {limit === null ? countText(devices.length, 'device') : `${devices.length} of ${limit}`}
      </CardHeader>
      {works && isFull && devices.length > 0 && (
        <Notice tone="warn" className="m-2.5">
          {limit === 1 ? 'The only device this key allows is in use.' : `All ${limit} devices are in use.`}{' '}
          {mayNotDeactivate
            ? `To use another one, ask ${organization} to free one.`
            : 'To use another one, deactivate one you no longer need.'}
        </Notice>
      )}
      {works && newDevicesBlocked && (
        <Notice tone="warn" className="m-2.5">
          {organization} has blocked new devices for this key. The devices below keep working.
        </Notice>
      )}
      {devices.length === 0 ? (
        <EmptyState title="Not in use" className="py-8">
          {works ? `Activate ${product} on a device, and it appears here.` : 'No device is using this key.'}
        </EmptyState>
      ) : (
        <ul>
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              mayDeactivate={!mayNotDeactivate}
              mayRename={!mayNotRename}
              product={product}
              works={works}
              now={now}
            />
          ))}
        </ul>
      )}
      {mayNotDeactivate && !isFull && devices.length > 0 && (
        <p className="border-line2 border-t px-3.5 py-2.5 text-mute">
          {mayNotDeactivate} Ask {organization}.
        </p>
      )}
    </Card>
  )
}

function DeviceRow({
  device,
  mayDeactivate,
  mayRename,
  product,
  works,
  now,
}: {
  device: Device
  mayDeactivate: boolean
  mayRename: boolean
  product: string
  works: boolean
  now: Date
}) {
  const idle = idleDays(device, now)
  const consequence = works
    ? `${product} stops working there until it is activated again. Its slot becomes free for another device.`
    : 'Its slot becomes free. The key cannot be used at the moment either way.'
  return (
    <li className="flex items-center gap-3 border-line2 noscript:flex-wrap border-t px-3.5 py-2.5 first:border-t-0">
      <span
        aria-hidden="true"
        className="grid size-[30px] shrink-0 place-items-center rounded-[8px] bg-line2 font-medium font-mono text-mute text-xs"
      >
        {deviceMark(device)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1">
          <span className="min-w-0 truncate" title={device.label}>
            {device.label}
          </span>
          {mayRename && <RenameButton device={device} />}
        </p>
        <p className="flex flex-wrap gap-x-3 text-mute *:whitespace-nowrap">
          {idle !== null ? (
            <span className="font-medium text-warn">idle {countText(idle, 'day')}</span>
          ) : (
            <span>
              {device.lastValidatedAt ? (
                <>
                  seen <Time value={device.lastValidatedAt} now={now} />
                </>
              ) : (
                'not seen yet'
              )}
            </span>
          )}
          <span>
            added <DateText value={device.createdAt} />
          </span>
        </p>
      </div>
      {mayDeactivate && (
        <>
          <ConfirmDialog
            trigger={
              <Button aria-label={`Deactivate ${device.label}`} className="noscript:hidden">
                Deactivate
              </Button>
            }
            title={`Deactivate ${device.label}?`}
            confirmLabel="Deactivate"
            destructive
            values={{ activationId: device.id }}
            action={confirmAction(deactivateDevice)}
            onDone={() => toast.success(`${device.label} was deactivated`)}
          >
            {consequence}
          </ConfirmDialog>
          <PlainDeactivate device={device} consequence={consequence} />
        </>
      )}
    </li>
  )
}

/** The same question without scripts: it unfolds, and a plain form answers. */
function PlainDeactivate({ device, consequence }: { device: Device; consequence: string }) {
  const [state, submit] = useActionState(deactivateDevice, { status: 'idle' })
  return (
    <details className="hidden basis-full noscript:block" open={state.status === 'error'}>
      <summary className="w-fit rounded-xs font-medium">
        Deactivate <span className="sr-only">{device.label}</span>…
      </summary>
      <form action={submit} className="mt-2 grid gap-2">
        <input type="hidden" name="activationId" value={device.id} />
        <p className="text-pretty text-mute">{consequence}</p>
        <FormError>{state.status === 'error' ? state.message : null}</FormError>
        <div>
          <Button type="submit" variant="danger">
            Deactivate {device.label}
          </Button>
        </div>
      </form>
    </details>
  )
}

function RenameButton({ device }: { device: Device }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      trigger={
        <IconButton label={`Rename ${device.label}`} size="icon-sm" className="noscript:hidden">
          <Pencil size={13} aria-hidden="true" />
        </IconButton>
      }
      title={`Rename ${device.label}`}
      size="sm"
      open={open}
      onOpenChange={setOpen}
    >
      <RenameForm device={device} close={() => setOpen(false)} />
    </Dialog>
  )
}

function RenameForm({ device, close }: { device: Device; close: () => void }) {
  const [state, submit, pending] = useActionState(
    async (previous: FormState, form: FormData) => {
      const next = await renameDevice(previous, form)
      if (next.status === 'ok') {
        close()
        toast.success('Renamed')
      }
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state)
  const typed = typeof state.values?.label === 'string' ? state.values.label : device.label
  return (
    <form {...form} action={submit} className="grid gap-4" noValidate>
      <input type="hidden" name="activationId" value={device.id} />
      <OpenedWith values={{ label: device.label }} state={state} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label="Name" error={errors.label} description="A name you will recognize. The seller sees it too.">
        <Input name="label" defaultValue={typed} key={typed} autoComplete="off" maxLength={256} />
      </Field>
      <DialogFooter>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
        <SubmitButton>Rename</SubmitButton>
      </DialogFooter>
    </form>
  )
}
