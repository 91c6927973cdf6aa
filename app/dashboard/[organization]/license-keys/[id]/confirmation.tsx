'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { StopWords } from '#components/stop-words.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Select } from '#components/ui/select.tsx'
import { reasonsInWords } from '#lib/license-keys/rules.ts'
import type { MailWay } from '#lib/mail/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import { undoable } from '../../undo-toast.ts'
import { disableKey, enableKey, resendMail, restoreKey, revokeKey, rotateKey } from './actions.ts'
import type { Ask } from './asks.ts'
import type { HeaderKey } from './header-key.ts'

const words = {
  disable: { label: 'Disable', title: 'Disable', action: disableKey, reason: true },
  enable: { label: 'Enable', title: 'Enable', action: enableKey, reason: false },
  rotate: { label: 'Rotate', title: 'Rotate', action: rotateKey, reason: false },
  revoke: { label: 'Revoke', title: 'Revoke', action: revokeKey, reason: true },
  restore: { label: 'Restore', title: 'Restore', action: restoreKey, reason: false },
  resend: { label: 'Resend mail', title: 'Mail', action: resendMail, reason: false },
} as const satisfies Record<Ask, { label: string; title: string; action: FormAction; reason: boolean }>

/** What a key's action asks before it happens. */
export function Confirmation({
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
    const state = await undoable(organization, action)(previous, form)
    if (state.status === 'ok' && ask === 'rotate') onRotated(state.result as string)
    return state
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${title} ${licenseKey.masked}?`}
      confirmLabel={ask === 'resend' ? (licenseKey.brokenBecause ? 'Send anyway' : 'Send') : label}
      destructive={ask === 'revoke'}
      action={confirmAction(run)}
      // Changes of state take a list of keys, here of one.
      values={
        ask === 'resend' || ask === 'rotate'
          ? {
              ...{ organization, licenseKeyId: licenseKey.id },
              ...(ask === 'resend' && licenseKey.brokenBecause && { anyway: 'on' }),
            }
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
          The key gets a new string, which cannot be taken back. Its limits, counts and devices stay.{' '}
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
          {licenseKey.brokenBecause ? (
            <p>
              <b>This key does not work: {licenseKey.brokenBecause}.</b> The mail to {email} brings it and says so.
            </p>
          ) : (
            <p>
              The key and its activation instructions go to <b>{email}</b> again.
            </p>
          )}
          {mailWay === 'kept' && <p className="mt-2">This demo sends no mail: the message goes to its outbox.</p>}
          {mailWay === 'waits' && (
            <p className="mt-2">Mail is not set up yet, so the message waits until SMTP_URL is set.</p>
          )}
        </>
      )
  }
}
