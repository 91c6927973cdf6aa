'use client'
import { ChevronDown, Eye, EyeOff } from 'lucide-react'
import type { Route } from 'next'
import { type ReactNode, useState, useTransition } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { MaskedKey } from '#components/masked-key.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { StopWords } from '#components/stop-words.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Used } from '#lib/license-keys/queries.ts'
import { reasonsInWords } from '#lib/license-keys/rules.ts'
import type { MailWay } from '#lib/mail/schema.ts'
import type { FormAction } from '#lib/web/action.ts'
import type { RevokeReason } from '#prisma/enums.ts'
import { disableKey, enableKey, resendMail, restoreKey, revealKey, revokeKey, rotateKey } from './actions.ts'

type HeaderKey = {
  id: string
  masked: string
  storedStatus: 'granted' | 'disabled' | 'revoked'
  revokedFor: RevokeReason[]
  held: boolean
  takesDevices: boolean
  devices: number
  used: Used
  email: string
}

type Ask = 'disable' | 'enable' | 'rotate' | 'revoke' | 'restore' | 'resend'

/** The key's title line: masked until somebody asks, its state, and what can be done with it. */
export function KeyHeader({
  organization,
  licenseKey,
  status,
  mailWay,
  mayReveal,
  mayWrite,
  now,
}: {
  organization: string
  licenseKey: HeaderKey
  status: ReactNode
  mailWay: MailWay
  mayReveal: boolean
  mayWrite: boolean
  now: Date
}) {
  const [keyString, setKeyString] = useState<string | null>(null)
  const [asked, setAsked] = useState<Ask | null>(null)
  const [revealing, startTransition] = useTransition()
  const base = `/dashboard/${organization}/license-keys`
  const values = { organization, licenseKeyId: licenseKey.id }

  const reveal = () =>
    startTransition(async () => {
      const state = await revealKey({ status: 'idle' }, formOf(values))
      if (state.status === 'ok') setKeyString(state.result as string)
      else toast.error(state.message)
    })

  // Whoever may not see key strings gets no new one either.
  const offered = actionsFor[licenseKey.storedStatus].filter((ask) => ask !== 'rotate' || mayReveal)
  return (
    <>
      <PageHeader
        mono
        breadcrumbs={[{ label: 'License keys', href: base as Route }]}
        title={<span className="break-all">{keyString ?? <MaskedKey masked={licenseKey.masked} large />}</span>}
        status={
          <>
            {mayReveal &&
              (keyString === null ? (
                <Button size="sm" loading={revealing} onClick={reveal}>
                  <Eye size={14} aria-hidden="true" />
                  Reveal
                </Button>
              ) : (
                <>
                  <CopyButton value={keyString} label="Copy key" size="sm">
                    Copy
                  </CopyButton>
                  <Button size="sm" variant="ghost" onClick={() => setKeyString(null)}>
                    <EyeOff size={14} aria-hidden="true" />
                    Hide
                  </Button>
                </>
              ))}
            {status}
            <span aria-live="polite" className="sr-only">
              {keyString === null ? '' : 'The key is revealed. The history records it.'}
            </span>
          </>
        }
        actions={
          mayWrite && (
            <>
              <span className="contents max-sm:hidden">
                <Button onClick={() => setAsked('resend')}>{words.resend.label}</Button>
                {offered.map((ask) => (
                  <Button
                    key={ask}
                    onClick={() => setAsked(ask)}
                    className={ask === 'revoke' ? 'text-bad!' : undefined}
                  >
                    {words[ask].label}
                  </Button>
                ))}
                <Button variant="primary" href={`${base}/${licenseKey.id}/edit` as Route}>
                  Edit
                </Button>
              </span>
              <span className="sm:hidden">
                <Menu
                  trigger={
                    <Button>
                      Actions
                      <ChevronDown size={14} aria-hidden="true" />
                    </Button>
                  }
                >
                  <MenuItem href={`${base}/${licenseKey.id}/edit` as Route}>Edit</MenuItem>
                  <MenuItem onSelect={() => setAsked('resend')}>{words.resend.label}</MenuItem>
                  <MenuSeparator />
                  {offered.map((ask) => (
                    <MenuItem key={ask} destructive={ask === 'revoke'} onSelect={() => setAsked(ask)}>
                      {words[ask].label}
                    </MenuItem>
                  ))}
                </Menu>
              </span>
            </>
          )
        }
      />
      {asked && (
        <Confirmation
          key={asked}
          ask={asked}
          licenseKey={licenseKey}
          organization={organization}
          mailWay={mailWay}
          now={now}
          onClose={() => setAsked(null)}
          onRotated={setKeyString}
        />
      )}
    </>
  )
}

const actionsFor = {
  granted: ['rotate', 'disable', 'revoke'],
  disabled: ['rotate', 'enable', 'revoke'],
  revoked: ['restore'],
} as const satisfies Record<HeaderKey['storedStatus'], readonly Ask[]>

const words = {
  disable: { label: 'Disable', title: 'Disable', action: disableKey, reason: true },
  enable: { label: 'Enable', title: 'Enable', action: enableKey, reason: false },
  rotate: { label: 'Rotate', title: 'Rotate', action: rotateKey, reason: false },
  revoke: { label: 'Revoke', title: 'Revoke', action: revokeKey, reason: true },
  restore: { label: 'Restore', title: 'Restore', action: restoreKey, reason: false },
  resend: { label: 'Resend mail', title: 'Mail', action: resendMail, reason: false },
} as const satisfies Record<Ask, { label: string; title: string; action: FormAction; reason: boolean }>

function Confirmation({
  ask,
  licenseKey,
  organization,
  mailWay,
  now,
  onClose,
  onRotated,
}: {
  ask: Ask
  licenseKey: HeaderKey
  organization: string
  mailWay: MailWay
  now: Date
  onClose: () => void
  onRotated: (keyString: string) => void
}) {
  const { label, title, action, reason } = words[ask]
  const run: FormAction = async (previous, form) => {
    const state = await action(previous, form)
    if (state.status === 'ok') {
      toast.success(state.message)
      if (ask === 'rotate') onRotated(state.result as string)
    }
    return state
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${title} ${licenseKey.masked}?`}
      confirmLabel={ask === 'resend' ? 'Send' : label}
      destructive={ask === 'revoke'}
      action={confirmAction(run)}
      // Changes of state take a list of keys, here of one.
      values={
        ask === 'resend' || ask === 'rotate'
          ? { organization, licenseKeyId: licenseKey.id }
          : { organization, 'licenseKeyIds[]': licenseKey.id }
      }
      fields={
        ask === 'rotate' ? (
          <RotateFields licenseKey={licenseKey} />
        ) : ask === 'restore' && ofPurchase(licenseKey).length > 0 ? (
          <Checkbox name="hold" label={`Keep the key even though ${reasonsInWords(ofPurchase(licenseKey))}`} />
        ) : (
          reason && (
            <Field label="Reason" optional description="Kept in the history; customers do not see it.">
              <Input name="reason" maxLength={200} autoComplete="off" />
            </Field>
          )
        )
      }
    >
      <Consequence ask={ask} licenseKey={licenseKey} mailWay={mailWay} now={now} />
    </ConfirmDialog>
  )
}

/** The reasons that only its purchase lifts. */
const ofPurchase = ({ revokedFor }: HeaderKey) => revokedFor.filter((reason) => reason !== 'by_hand')

/** How long the old string may still be used, in hours. */
const overlaps = [
  { value: '0', label: 'It stops working immediately' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
]

// Asked even where no device is active: one may have joined since the page was opened, and is not to be cut off.
const overlapWords = (takesDevices: boolean, devices: number): string => {
  if (!takesDevices) return 'Wherever it is used: this key takes no devices.'
  return `Only on devices that are active when you rotate.${devices === 0 ? ' None are active now.' : ''}`
}

const RotateFields = ({ licenseKey: { takesDevices, devices, email } }: { licenseKey: HeaderKey }) => (
  <>
    <Field label="The old string still works for" description={overlapWords(takesDevices, devices)}>
      <Select name="overlapHours" items={overlaps} defaultValue="168" />
    </Field>
    <Checkbox name="sendMail" label={`Mail the new key to ${email}`} defaultChecked />
  </>
)

function Consequence({
  ask,
  licenseKey,
  mailWay,
  now,
}: {
  ask: Ask
  licenseKey: HeaderKey
  mailWay: MailWay
  now: Date
}) {
  const { devices, email, storedStatus, used } = licenseKey
  const stops =
    storedStatus === 'disabled' ? (
      'The key is disabled, so nothing else stops working.'
    ) : (
      <StopWords keys={1} devices={devices} of={email} {...used} now={now} />
    )
  const works =
    devices === 0
      ? 'It works again immediately, unless it has expired.'
      : `It works again immediately, unless it has expired; so ${devices === 1 ? 'does its device' : `do its ${devices} devices`}.`
  switch (ask) {
    case 'disable':
      return <p>{stops} You can enable the key again at any time.</p>
    case 'revoke':
      return (
        <p>
          {stops} Only restoring it by hand brings the key back.
          {licenseKey.held && ' It is then no longer kept despite its purchase.'}
        </p>
      )
    case 'rotate':
      return (
        <p>
          The key gets a new string. Its limits, counts and devices stay.{' '}
          {licenseKey.takesDevices && devices === 0
            ? 'No device is active, so the old string stops working immediately.'
            : 'Anyone who still sends the old string after that is refused.'}
          {licenseKey.takesDevices && used.week > 0 && (
            <>
              {' '}
              Software without a device, which validated it{' '}
              <b>
                {used.today > 0
                  ? `${countText(used.today, 'time')} today`
                  : `${countText(used.week, 'time')} in the last seven days`}
              </b>
              , is refused at once until it has the new string.
            </>
          )}
        </p>
      )
    case 'restore':
      if (ofPurchase(licenseKey).length > 0) {
        return (
          <p>
            The key is revoked because {reasonsInWords(licenseKey.revokedFor)}. Restoring only lifts what was done by
            hand. To keep the key despite its purchase, say so below; the key then shows it.
          </p>
        )
      }
      return <p>{works}</p>
    case 'enable':
      return <p>{works}</p>
    case 'resend':
      return (
        <>
          <p>
            The key and its activation instructions go to <b>{email}</b> again.
          </p>
          {mailWay === 'kept' && <p className="mt-2">This demo sends no mail: the message goes to its outbox.</p>}
          {mailWay === 'waits' && (
            <p className="mt-2">Mail is not set up yet, so the message waits until SMTP_URL is set.</p>
          )}
        </>
      )
  }
}

function formOf(values: Record<string, string>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  return form
}
