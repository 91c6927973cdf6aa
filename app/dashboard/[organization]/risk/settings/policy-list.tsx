'use client'
import { useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { Select } from '#components/ui/select.tsx'
import { toast } from '#components/ui/toast.tsx'
import { type Audience, audienceLook, audiences, SEATS_MAX } from '#lib/misuse/plain.ts'
import { choosePolicy } from './actions.ts'

type Configuration = { id: string; name: string; audience: Audience; seats: number | null }

/** Whom keys of each configuration are sold to: what counts as too many places follows from it. */
export function PolicyList({
  organization,
  configurations,
  mayWrite,
}: {
  organization: string
  configurations: Configuration[]
  mayWrite: boolean
}) {
  return (
    <Card>
      <CardHeader title="Who keys are sold to" />
      {configurations.length === 0 && (
        <CardBody>
          <p className="text-mute">There is no key configuration yet.</p>
        </CardBody>
      )}
      <ul>
        {configurations.map((configuration) => (
          <li
            key={configuration.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 px-3.5 py-2.5 not-first:border-t"
          >
            <div className="min-w-[min(100%,220px)] flex-1">
              <p className="truncate font-medium">{configuration.name}</p>
              <p className="text-pretty text-mute">
                {audienceLook[configuration.audience].label}
                {configuration.seats ? ` of ${configuration.seats}` : ''}. {audienceLook[configuration.audience].says}
              </p>
            </div>
            {mayWrite && <Change organization={organization} configuration={configuration} />}
          </li>
        ))}
      </ul>
    </Card>
  )
}

const items = audiences.map((value) => ({
  value,
  label: audienceLook[value].label,
  description: audienceLook[value].says,
}))

function Change({
  organization,
  configuration: { id, name, audience, seats },
}: {
  organization: string
  configuration: Configuration
}) {
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState<string>(audience)
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" aria-label={`Change who ${name} is sold to`}>
          Change
        </Button>
      }
      title={`Who is ${name} sold to?`}
      confirmLabel="Save"
      values={{ organization, keyConfigurationId: id }}
      opened={{ audience, seats }}
      action={confirmAction(choosePolicy)}
      onDone={() => toast.success('Saved')}
      fields={
        <>
          <Field label="Sold to">
            <Select name="audience" items={items} defaultValue={audience} onValueChange={setChosen} />
          </Field>
          {chosen === 'team' && (
            <Field label="People in a team">
              <NumberInput name="seats" defaultValue={seats ?? 5} min={2} max={SEATS_MAX} />
            </Field>
          )}
        </>
      }
    >
      <p>Keys of this configuration are looked at again. Nothing else becomes of them.</p>
    </ConfirmDialog>
  )
}
