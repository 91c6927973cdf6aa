'use client'
import type { Route } from 'next'
import { type ReactElement, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { type Fix, RECENT_DAYS, type Trouble } from '#lib/license-keys/refusals.ts'
import { changeKey, enableKey, restoreKey } from './actions.ts'

type Props = { organization: string; licenseKey: LicenseKeyDetail; now: Date }

/** Why the key is refused, above everything else, with the likely fixes beside it. Red where somebody is locked out now. */
export function KeyTrouble({ troubles, mayWrite, ...props }: Props & { troubles: Trouble[]; mayWrite: boolean }) {
  return troubles.map((trouble) => (
    <Notice
      key={trouble.code}
      tone={trouble.harms ? 'bad' : 'off'}
      title={<Often trouble={trouble} now={props.now} />}
      actions={
        mayWrite &&
        trouble.fixes.length > 0 &&
        trouble.fixes.map((fix) => <FixButton key={fix} fix={fix} trouble={trouble} {...props} />)
      }
    >
      {trouble.harms
        ? trouble.why
        : `${trouble.why.charAt(0).toUpperCase()}${trouble.why.slice(1)} No software has asked lately.`}
    </Notice>
  ))
}

/** "Refused 151 times in three days, last 2 min ago:" */
function Often({ trouble, now }: { trouble: Trouble; now: Date }) {
  if (!trouble.harms || !trouble.lastAt) return 'Refused:'
  const times = trouble.times === 1 ? 'once' : `${trouble.times.toLocaleString('en')} times`
  return (
    <>
      Refused {times} in {RECENT_DAYS} days, last <Time value={trouble.lastAt} now={now} />:
    </>
  )
}

function FixButton({ fix, trouble, organization, licenseKey }: Props & { fix: Fix; trouble: Trouble }) {
  const { id, configuration, limits, devices, newDevicesBlocked } = licenseKey
  const base = `/dashboard/${organization}`
  const edit = `${base}/license-keys/${id}/edit`
  const values = { organization, licenseKeyId: id }
  // Devices may outnumber a limit that was lowered: one more than either lets the next one in.
  const raised = Math.max(limits.activations.limit ?? 0, devices) + 1
  const link = (label: string, href: string) => (
    <Button size="sm" href={href as Route}>
      {label}
    </Button>
  )
  const fixes = {
    enable: () => (
      <Ask
        label="Enable the key"
        title="Enable this key?"
        done="Key enabled"
        values={{ organization, 'licenseKeyIds[]': id }}
        action={enableKey}
      >
        It works again immediately, also on the devices it was activated on.
      </Ask>
    ),
    restore: () => (
      <Ask
        label="Restore the key"
        title="Restore this key?"
        done="Key restored"
        values={{ organization, 'licenseKeyIds[]': id }}
        action={restoreKey}
      >
        It works again immediately, unless it has expired; so do its devices.
      </Ask>
    ),
    expiry: () => link('Change the expiry', edit),
    'free-device': () => (
      <Button size="sm" onClick={goToDevices}>
        Free a device
      </Button>
    ),
    'raise-limit': () => (
      <Ask
        label={`Raise limit to ${raised}`}
        title={`Raise the limit to ${raised}?`}
        done={`This key now takes ${countText(raised, 'device')}`}
        values={{
          ...values,
          was: JSON.stringify({
            activations: licenseKey.edit.activations,
            ...(newDevicesBlocked && { newDevicesBlocked: true }),
          }),
          activations: 'limited',
          activationLimit: String(raised),
          ...(newDevicesBlocked && { newDevicesBlocked: 'false' }),
        }}
        action={changeKey}
      >
        {newDevicesBlocked && 'New devices are allowed again, too. '}Only this key changes; others of{' '}
        {configuration.name} keep their limit. The next attempt of{' '}
        {trouble.label ? <b>{trouble.label}</b> : 'the device'} will succeed.
      </Ask>
    ),
    'allow-devices': () => (
      <Ask
        label="Allow new devices"
        title="Allow new devices?"
        done="New devices are allowed"
        values={{ ...values, was: JSON.stringify({ newDevicesBlocked: true }), newDevicesBlocked: 'false' }}
        action={changeKey}
      >
        Devices may join this key again, up to its limit.
      </Ask>
    ),
    activations: () => link('Allow activations', edit),
    usage: () => link('Raise the usage limit', edit),
    product: () => link('Change the product', edit),
    devices: () =>
      devices > 0 ? (
        <Button size="sm" onClick={goToDevices}>
          See its devices
        </Button>
      ) : null,
    integrate: () => link('Check the program', `${base}/key-configurations/${configuration.id}/integrate`),
    configuration: () => link('Edit the configuration', `${base}/key-configurations/${configuration.id}/edit`),
  } satisfies Record<Fix, () => ReactElement | null>
  return fixes[fix]()
}

function Ask({
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

// A link to a part of the page does nothing that is seen when that part is in view; the focus lands where a device can be freed.
function goToDevices() {
  const title = document.getElementById('devices')
  title?.scrollIntoView({ block: 'start' })
  const first = title?.closest('section')?.querySelector<HTMLElement>('li button[aria-label^="Deactivate"]')
  ;(first ?? title)?.focus()
}
