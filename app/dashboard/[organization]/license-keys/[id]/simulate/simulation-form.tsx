import type { Route } from 'next'
import Form from 'next/form'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { simulationChoices } from '#lib/refusals/simulate.ts'
import { NEW_DEVICE, NONE, type SimulationQuery } from './params.ts'

type Choices = Omit<Awaited<ReturnType<typeof simulationChoices>>, 'timeZone'>

const named = (rows: readonly { id: string; name: string }[]) =>
  rows.map(({ id, name }) => ({ value: id, label: name }))

// What a link names stays to be seen, also when it can no longer be chosen.
const withChosen = (items: { value: string; label: string }[], chosen: string, what: string) =>
  chosen === '' || items.some(({ value }) => value === chosen)
    ? items
    : [...items, { value: chosen, label: `${what} (${chosen.slice(0, 8)}…)` }]

/** What software would send, and when. Its address is the call, so it can be shared. */
export function SimulationForm({
  action,
  query,
  errors,
  now,
  licenseKey,
  devices,
  products,
  configurations,
}: Choices & {
  action: Route
  query: SimulationQuery
  errors: Partial<Record<keyof SimulationQuery, string>>
  now: Date
}) {
  const devicesBy = devices.map(({ id, label }) => ({ value: id, label }))
  const select = (
    name: 'device' | 'replace' | 'product' | 'configuration' | 'customer',
    items: { value: string; label: string }[],
    none: string,
    gone: string,
  ) => (
    <Select
      name={name}
      defaultValue={query[name] || NONE}
      items={[{ value: NONE, label: none }, ...withChosen(items, query[name], gone)]}
    />
  )
  return (
    <Form action={action} scroll={false} className="grid gap-4">
      <Field label="Call">
        <Select
          name="verb"
          defaultValue={query.verb}
          items={[
            { value: 'validate', label: 'Validate' },
            { value: 'activate', label: 'Activate' },
          ]}
        />
      </Field>
      <Field label="Device" error={errors.device}>
        {select(
          'device',
          [...devicesBy, { value: NEW_DEVICE, label: 'A new device' }],
          'None is named',
          'One that is not active',
        )}
      </Field>
      <Field label="When" description="In UTC; the key is taken as it is now." error={errors.at}>
        <Input
          name="at"
          type="datetime-local"
          defaultValue={query.at?.slice(0, 16) ?? now.toISOString().slice(0, 16)}
        />
      </Field>
      <Field label="Product" optional error={errors.product}>
        {select('product', named(products), 'Not asked for', 'One that is not sold')}
      </Field>
      <Field label="Entitlements" optional description="With commas between them." error={errors.entitlements}>
        <Input name="entitlements" defaultValue={query.entitlements} autoComplete="off" />
      </Field>
      <Field label="Uses" optional error={errors.uses}>
        <NumberInput name="uses" min={0} max={2_147_483_647} defaultValue={query.uses} />
      </Field>
      <details open={hasMore(query, errors)} className="group">
        <summary className="w-fit cursor-pointer rounded-xs font-medium text-mute hover:text-ink">
          More to ask for
        </summary>
        <div className="mt-4 grid gap-4">
          <Field label="Fingerprint" optional error={errors.fingerprint}>
            <Input name="fingerprint" mono defaultValue={query.fingerprint} autoComplete="off" />
          </Field>
          <Field label="Conditions" optional description="A JSON object." error={errors.conditions}>
            <Textarea name="conditions" mono rows={2} defaultValue={query.conditions} placeholder='{"major": 5}' />
          </Field>
          <Field label="Configuration" optional error={errors.configuration}>
            {select('configuration', named(configurations), 'Not asked for', 'Another one')}
          </Field>
          <Field label="Customer" optional error={errors.customer}>
            {select(
              'customer',
              [{ value: licenseKey.customer.id, label: licenseKey.customer.name ?? licenseKey.customer.email }],
              'Not asked for',
              'Somebody else',
            )}
          </Field>
          <Field label="Takes the place of" optional description="Activations only." error={errors.replace}>
            {select('replace', devicesBy, 'No device', 'One that is not active')}
          </Field>
        </div>
      </details>
      <div>
        <SubmitButton>Simulate</SubmitButton>
      </div>
    </Form>
  )
}

const hasMore = (
  { fingerprint, conditions, configuration, customer, replace }: SimulationQuery,
  errors: Partial<Record<keyof SimulationQuery, string>>,
): boolean =>
  Boolean(fingerprint || conditions || configuration || customer || replace) ||
  Boolean(errors.fingerprint || errors.conditions || errors.configuration || errors.customer || errors.replace)
