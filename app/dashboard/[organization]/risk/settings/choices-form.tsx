'use client'
import { useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { countText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import { ADDRESS_DAYS_MAX } from '#lib/misuse/plain.ts'
import type { MisuseSettingsDetail } from '#lib/misuse/queries.ts'
import type { FormAction } from '#lib/web/action.ts'
import { saveAddressDays, turn } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await turn(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

const rules = [
  {
    name: 'asksAlone',
    label: 'Ask the owner by mail',
    says: 'When a key reaches the upper threshold, its owner is asked which devices are theirs.',
    asks: 'From now on Latchkey asks owners by itself, at most once for each time a key reaches the upper threshold. They get a mail in your name; their keys work as before.',
  },
  {
    name: 'blocksAlone',
    label: 'Block new devices',
    says: 'When a key reaches the upper threshold, no further device can join it. Devices in use work on.',
    asks: 'From now on Latchkey blocks new devices by itself when a key reaches the upper threshold. Devices in use go on working. The history says so, and you can allow new devices again on the key’s page.',
  },
] as const

type Props = { organization: string; settings: Omit<MisuseSettingsDetail, 'configurations'>; mayWrite: boolean }

/** What is done without asking, what the thresholds are, and how long addresses are kept. */
export function ChoicesForm({ organization, settings, mayWrite }: Props) {
  const { thresholds, shift, fine, acted } = settings
  return (
    <>
      <Card>
        <CardHeader title="Rules that act alone" />
        <ul>
          {rules.map(({ name, label, says, asks }) => (
            <li
              key={name}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 px-3.5 py-2.5 not-first:border-t"
            >
              <div className="min-w-[min(100%,220px)] flex-1">
                <p className="flex items-center gap-2 font-medium">
                  {label}
                  <Badge tone={settings[name] ? 'ok' : 'off'}>{settings[name] ? 'On' : 'Off'}</Badge>
                </p>
                <p className="text-pretty text-mute">{says}</p>
              </div>
              {mayWrite && (
                <Turn organization={organization} name={name} label={label} isOn={settings[name]} asks={asks} />
              )}
            </li>
          ))}
        </ul>
      </Card>
      <Card>
        <CardHeader title="Thresholds" />
        <CardBody>
          <p className="text-pretty text-mute">
            A key is shown from <b className="font-medium text-ink">{thresholds.look}</b> points on and counts as plain
            from <b className="font-medium text-ink">{thresholds.act}</b>.{' '}
            {fine + acted === 0
              ? 'They move a little when you say that a key is fine, or act on one.'
              : `You said ${countText(fine, 'time')} that a key is fine and acted ${countText(acted, 'time')}, which ${shift === 0 ? 'leaves them where they began' : `moved them ${shift > 0 ? 'up' : 'down'} by ${Math.abs(shift)}`}.`}
          </p>
        </CardBody>
      </Card>
      {mayWrite && <AddressDays organization={organization} days={settings.addressDays} />}
    </>
  )
}

function Turn({
  organization,
  name,
  label,
  isOn,
  asks,
}: {
  organization: string
  name: string
  label: string
  isOn: boolean
  asks: string
}) {
  const [open, setOpen] = useState(false)
  const words = isOn ? 'Switch off' : 'Switch on'
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" aria-label={`${words}: ${label}`}>
          {words}
        </Button>
      }
      title={`${words}: ${label.toLowerCase()}?`}
      confirmLabel={words}
      values={{ organization, rule: name, isOn: String(!isOn) }}
      action={confirmAction(save)}
    >
      <p>{isOn ? 'From now on nothing of that is done without you. What was done stays.' : asks}</p>
    </ConfirmDialog>
  )
}

function AddressDays({ organization, days }: { organization: string; days: number }) {
  const use = usePageForm(saveAddressDays, sayDone)
  return (
    <Card>
      <CardHeader title="Network addresses" />
      <CardBody>
        <PageForm
          use={use}
          hidden={{ organization }}
          opened={{ addressDays: days }}
          className="-mb-3.5 grid grid-cols-1 gap-4"
        >
          <Field
            label="Keep shortened addresses for"
            error={use.errors.addressDays}
            description="Whole addresses are never stored. After these days only a hash is left, which changes its key every 90 days. Everything is gone after 35 days."
          >
            <NumberInput name="addressDays" defaultValue={days} min={0} max={ADDRESS_DAYS_MAX} unit="days" />
          </Field>
        </PageForm>
      </CardBody>
    </Card>
  )
}
