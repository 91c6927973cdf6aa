'use client'
import { useEffect, useState } from 'react'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import type { BulkActionName } from '#lib/bulk-changes/plain.ts'
import { moveChoices } from './actions.ts'

type Props = {
  organization: string
  errors: Record<string, string[]>
  /** Only what support may say of many keys. */
  isBounded: boolean
}

/** What has to be said of a change besides its name. */
export function BulkFields({ action, ...props }: Props & { action: BulkActionName }) {
  switch (action) {
    case 'extend':
      return <EndFields {...props} />
    case 'limits':
      return <LimitFields {...props} />
    case 'move':
      return <MoveFields {...props} />
    case 'tag':
      return <TagFields {...props} />
    case 'restore':
      return <Checkbox name="hold" label="Keep the keys even where their purchase has ended" />
    default:
      return <p className="-mt-3 text-mute">Each key and its activation instructions go to its customer again.</p>
  }
}

const errorOf = (errors: Props['errors'], name: string) => (errors[name] ? { error: errors[name] } : {})

const ends = [
  { value: 'more', label: 'Add time' },
  { value: 'date', label: 'End on a day' },
  { value: 'never', label: 'Never end' },
]
const units = [
  { value: 'day', label: 'days' },
  { value: 'month', label: 'months' },
  { value: 'year', label: 'years' },
]

function EndFields({ errors, isBounded }: Props) {
  const [end, setEnd] = useState('more')
  return (
    <>
      <Field label="End">
        <Select
          name="end"
          items={isBounded ? ends.filter(({ value }) => value !== 'never') : ends}
          value={end}
          onValueChange={setEnd}
          className="w-full"
        />
      </Field>
      {end === 'more' && (
        <div className="grid grid-cols-[minmax(0,1fr)_140px] items-start gap-2">
          <Field
            label="How much"
            description="From where a key ends; from now where it has ended."
            {...errorOf(errors, 'count')}
          >
            <Input name="count" inputMode="numeric" defaultValue="1" autoComplete="off" />
          </Field>
          <Field label="Unit">
            <Select name="unit" items={units} defaultValue="month" className="w-full" />
          </Field>
        </div>
      )}
      {end === 'date' && (
        <Field label="Last day" description="The keys work until that day ends." {...errorOf(errors, 'day')}>
          <DateInput name="day" />
        </Field>
      )}
    </>
  )
}

const deviceChoices = [
  { value: 'keep', label: 'As now' },
  { value: 'limited', label: 'A limit' },
  { value: 'unlimited', label: 'Any number' },
  { value: 'off', label: 'None' },
  { value: 'configuration', label: 'As configured' },
]
// Within the bounds an owner set, which a number says.
const boundedChoices = deviceChoices.filter(({ value }) => value !== 'unlimited' && value !== 'off')
const usageChoices = deviceChoices.filter(({ value }) => value !== 'off')

function LimitFields({ errors, isBounded }: Props) {
  const [devices, setDevices] = useState('keep')
  const [usage, setUsage] = useState('keep')
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_120px] items-start gap-2">
        <Field label="Devices" {...errorOf(errors, 'devices')}>
          <Select
            name="devices"
            items={isBounded ? boundedChoices : deviceChoices}
            value={devices}
            onValueChange={setDevices}
            className="w-full"
          />
        </Field>
        {devices === 'limited' && (
          <Field label="Device limit" {...errorOf(errors, 'deviceLimit')}>
            <Input name="deviceLimit" inputMode="numeric" autoComplete="off" />
          </Field>
        )}
      </div>
      {isBounded ? (
        <input type="hidden" name="usage" value="keep" />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)_120px] items-start gap-2">
          <Field label="Usage">
            <Select name="usage" items={usageChoices} value={usage} onValueChange={setUsage} className="w-full" />
          </Field>
          {usage === 'limited' && (
            <Field label="Usage limit" {...errorOf(errors, 'usageLimit')}>
              <Input name="usageLimit" inputMode="numeric" autoComplete="off" />
            </Field>
          )}
        </div>
      )}
    </>
  )
}

type Choice = { id: string; name: string }
const itemsOf = (choices: Choice[]) => choices.map(({ id, name }) => ({ value: id, label: name }))

function MoveFields({ organization, errors }: Props) {
  const [choices, setChoices] = useState<{ configurations: Choice[]; products: Choice[] } | null>(null)
  useEffect(() => {
    const form = new FormData()
    form.set('organization', organization)
    void moveChoices({ status: 'idle' }, form).then(({ result }) => setChoices(result as typeof choices))
  }, [organization])
  return (
    <>
      <Field label="Configuration" {...errorOf(errors, 'keyConfigurationId')}>
        <Select
          name="keyConfigurationId"
          items={itemsOf(choices?.configurations ?? [])}
          disabled={!choices}
          className="w-full"
        />
      </Field>
      <Field
        label="Product"
        description="Keys of a product that does not grant the configuration stay where they are."
        {...errorOf(errors, 'productId')}
      >
        <Select
          name="productId"
          items={[{ value: '', label: 'As now' }, ...itemsOf(choices?.products ?? [])]}
          defaultValue=""
          placeholder="As now"
          disabled={!choices}
          className="w-full"
        />
      </Field>
      <Field label="End">
        <Select
          name="expiry"
          items={[
            { value: 'keep', label: 'As now' },
            { value: 'configuration', label: 'As the configuration gives it' },
          ]}
          defaultValue="keep"
          className="w-full"
        />
      </Field>
    </>
  )
}

const TagFields = ({ errors }: Props) => (
  <>
    <Field label="Add" optional description="Several with commas between them." {...errorOf(errors, 'addTags')}>
      <Input name="addTags" autoComplete="off" />
    </Field>
    <Field label="Remove" optional {...errorOf(errors, 'removeTags')}>
      <Input name="removeTags" autoComplete="off" />
    </Field>
  </>
)
