'use client'
import type { Route } from 'next'
import { type ReactElement, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { dayText } from '#components/ui/relative-time.ts'
import { toast } from '#components/ui/toast.tsx'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { changeKey, enableKey } from './actions.ts'

/** Why devices are being refused, above everything else, with the likely fixes beside it. */
export function KeyTrouble({
  organization,
  licenseKey,
  mayWrite,
}: {
  organization: string
  licenseKey: LicenseKeyDetail
  mayWrite: boolean
}) {
  const { trouble, limits, id } = licenseKey
  if (!trouble) return null
  const asks = trouble.lastLabel ? `“${trouble.lastLabel}” asks to join` : 'another device asks to join'
  const times = trouble.times === 1 ? 'once' : `${trouble.times} times`
  const limit = limits.activations.limit ?? 0
  // Devices may outnumber a limit that was lowered: one more than either lets the next one in.
  const raised = Math.max(limit, licenseKey.devices) + 1
  const edit = `/dashboard/${organization}/license-keys/${id}/edit` as Route
  const values = { organization, licenseKeyId: id }
  const cases: Record<string, { why: string; fixes: ReactElement }> = {
    ACTIVATION_LIMIT_REACHED: {
      why: devicesInUse(licenseKey.devices, limit, asks),
      fixes: (
        <>
          <Button size="sm" href={'#devices' as Route}>
            Free a device
          </Button>
          <Fix
            label={`Raise limit to ${raised}`}
            title={`Raise the limit to ${raised}?`}
            done={`This key now takes ${countText(raised, 'device')}`}
            values={{
              ...values,
              was: JSON.stringify({
                activations: licenseKey.edit.activations,
                ...(licenseKey.newDevicesBlocked && { newDevicesBlocked: true }),
              }),
              activations: 'limited',
              activationLimit: String(raised),
              ...(licenseKey.newDevicesBlocked && { newDevicesBlocked: 'false' }),
            }}
            action={changeKey}
          >
            {licenseKey.newDevicesBlocked && 'New devices are allowed again, too. '}Only this key changes; others of{' '}
            {licenseKey.configuration.name} keep their limit. The next attempt of{' '}
            {trouble.lastLabel ? <b>{trouble.lastLabel}</b> : 'the device'} will succeed.
          </Fix>
        </>
      ),
    },
    NEW_DEVICES_BLOCKED: {
      why: `new devices are blocked and ${asks}.`,
      fixes: (
        <Fix
          label="Allow new devices"
          title="Allow new devices?"
          done="New devices are allowed"
          values={{ ...values, was: JSON.stringify({ newDevicesBlocked: true }), newDevicesBlocked: 'false' }}
          action={changeKey}
        >
          Devices may join this key again, up to its limit.
        </Fix>
      ),
    },
    EXPIRED: {
      why: `the key expired${licenseKey.expiresAt ? ` on ${dayText(licenseKey.expiresAt)}` : ''} and ${asks}.`,
      fixes: (
        <Button size="sm" href={edit}>
          Change the expiry
        </Button>
      ),
    },
    DISABLED: {
      why: `the key is disabled and ${asks}.`,
      fixes: (
        <Fix
          label="Enable the key"
          title="Enable this key?"
          done="Key enabled"
          values={{ organization, 'licenseKeyIds[]': id }}
          action={enableKey}
        >
          It works again at once, also on the devices it was activated on.
        </Fix>
      ),
    },
    ACTIVATIONS_OFF: {
      why: `this key takes no activations and ${asks}.`,
      fixes: (
        <Button size="sm" href={edit}>
          Allow activations
        </Button>
      ),
    },
  }
  const known = cases[trouble.code]
  return (
    <Notice tone="bad" title={`Refused ${times} in the last day:`} actions={mayWrite && known?.fixes}>
      {known?.why ?? `the key is revoked and ${asks}.`}
    </Notice>
  )
}

function devicesInUse(devices: number, limit: number, asks: string): string {
  if (devices > limit) return `${devices} devices are in use, the limit is ${limit}, and ${asks}.`
  return limit === 1 ? `its one device is in use and ${asks}.` : `all ${limit} devices are in use and ${asks}.`
}

function Fix({
  label,
  title,
  done,
  values,
  action,
  children,
}: {
  label: string
  title: string
  done: string
  values: Record<string, string>
  action: typeof changeKey
  children: React.ReactNode
}) {
  const [open, setOpen] = useState(false)
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={<Button size="sm">{label}</Button>}
      title={title}
      confirmLabel={label}
      values={values}
      action={confirmAction(action)}
      onDone={() => toast.success(done)}
    >
      <p>{children}</p>
    </ConfirmDialog>
  )
}
