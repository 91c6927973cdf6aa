'use client'
import { Badge } from '#components/ui/badge.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { zoneName } from '#lib/base/days.ts'
import { limits } from '#lib/key-configurations/schema.ts'
import type { FormValues } from './form-values.ts'
import { InstructionsEditor } from './instructions-editor.tsx'

/** All fields of a configuration. Their names are the schema's; their values live in the form above. */
export function SettingsFields({
  values,
  change,
  errors,
  products,
  timeZone,
}: {
  values: FormValues
  change: (next: Partial<FormValues>) => void
  errors: Record<string, string[]>
  products: { id: string; name: string; archived: boolean }[]
  timeZone: string
}) {
  const takesDevices = values.activationsMode !== 'off'
  const number = (text: string) => (text === '' || Number.isNaN(Number(text)) ? null : Number(text))
  const typed = (name: keyof FormValues) => (value: number | null) =>
    change({ [name]: value === null ? '' : String(value) })
  return (
    <>
      <FormSection title="Basics" description="The name is for you and your team. Customers see the product’s name.">
        <Field label="Name" error={errors.name}>
          <Input
            name="name"
            value={values.name}
            onChange={(event) => change({ name: event.target.value })}
            placeholder="Editor, yearly"
            maxLength={limits.name + 20}
            autoComplete="off"
          />
        </Field>
        {products.length > 0 && (
          <fieldset className="min-w-0" aria-describedby={errors.productIds ? 'products-error' : undefined}>
            <legend className="mb-1.5 font-medium">
              Products <span className="ml-1 font-normal text-mute text-sm">Optional</span>
            </legend>
            <p className="-mt-1 mb-2 text-mute text-sm">Each purchase of these issues one key.</p>
            <div className="scroll-thin grid max-h-44 gap-2 overflow-y-auto sm:grid-cols-2">
              {products.map((product) => (
                <Checkbox
                  key={product.id}
                  name="productIds"
                  value={product.id}
                  checked={values.productIds.includes(product.id)}
                  onChange={(event) =>
                    change({
                      productIds: event.target.checked
                        ? [...values.productIds, product.id]
                        : values.productIds.filter((id) => id !== product.id),
                    })
                  }
                  label={
                    <>
                      {product.name} {product.archived && <Badge tone="off">Archived</Badge>}
                    </>
                  }
                />
              ))}
            </div>
            {errors.productIds && <FieldError id="products-error">{errors.productIds[0]}</FieldError>}
          </fieldset>
        )}
      </FormSection>

      <FormSection title="Key" description="How new key strings look. Those already issued never change.">
        <RadioCards
          name="format"
          label="Format"
          columns={2}
          value={values.format}
          onValueChange={(format) => change({ format })}
          error={errors.format}
          options={[
            { value: 'uuid', label: 'UUID', description: 'Like the keys most stores issue. Made for copy and paste.' },
            {
              value: 'short',
              label: 'Short',
              description: 'Easy to type and to read aloud. Typos are recognized.',
            },
          ]}
        />
        <Field
          label="Prefix"
          optional
          error={errors.prefix}
          description="Up to 16 letters and digits. Shows at a glance which software a key is for."
        >
          <Input
            name="prefix"
            mono
            value={values.prefix}
            onChange={(event) => change({ prefix: event.target.value.toUpperCase() })}
            placeholder="EDITOR"
            maxLength={40}
            autoComplete="off"
            spellCheck={false}
            className="max-w-60"
          />
        </Field>
      </FormSection>

      <FormSection title="Expiry" description="A key keeps the date it was issued with, even if you change this later.">
        <RadioCards
          name="expiryKind"
          label="Keys expire"
          columns={3}
          value={values.expiryKind}
          onValueChange={(expiryKind) => change({ expiryKind })}
          error={errors.expiryKind}
          options={[
            { value: 'never', label: 'Never', description: 'Perpetual keys.' },
            { value: 'duration', label: 'After a period', description: 'Counted separately for each key.' },
            { value: 'fixed_date', label: 'On a fixed date', description: 'The same for all keys.' },
          ]}
        />
        {values.expiryKind === 'fixed_date' && (
          <Field
            label="Last day"
            error={errors.expiresOn}
            description={`Keys work until this day ends in ${zoneName(timeZone)}.`}
          >
            <DateInput
              name="expiresOn"
              value={values.expiresOn}
              onChange={(event) => change({ expiresOn: event.target.value })}
              className="max-w-44"
            />
          </Field>
        )}
        {values.expiryKind === 'duration' && (
          <>
            <div className="flex flex-wrap items-start gap-2">
              <Field label="Time" error={errors.durationCount} className="max-w-80">
                <NumberInput
                  name="durationCount"
                  min={1}
                  value={number(values.durationCount)}
                  onValueChange={typed('durationCount')}
                  className="w-36"
                />
              </Field>
              <Field label="Unit" error={errors.durationUnit} className="w-28">
                <Select
                  name="durationUnit"
                  value={values.durationUnit}
                  onValueChange={(durationUnit) => change({ durationUnit })}
                  items={[
                    { value: 'day', label: 'Days' },
                    { value: 'month', label: 'Months' },
                    { value: 'year', label: 'Years' },
                  ]}
                />
              </Field>
            </div>
            <RadioCards
              name="expiryStart"
              label="The period starts"
              columns={2}
              value={values.expiryStart}
              onValueChange={(expiryStart) => change({ expiryStart })}
              error={errors.expiryStart}
              options={[
                { value: 'issue', label: 'At issue', description: 'When the customer gets the key.' },
                {
                  value: 'first_activation',
                  label: 'At the first activation',
                  description: takesDevices ? 'Unused keys do not lose any time.' : 'Not possible without activations.',
                },
              ]}
            />
          </>
        )}
        {values.expiryKind === 'duration' && (
          <Switch
            name="endsWithDay"
            label="Until the end of the day"
            description="Keys expire at the end of their last day in the organization’s time zone, not at the minute they started."
            checked={values.endsWithDay}
            onChange={(event) => change({ endsWithDay: event.target.checked })}
          />
        )}
        {values.expiryKind !== 'never' && (
          <Field
            label="Grace period"
            error={errors.graceDays}
            description="An expired key stays valid this much longer. Your software is told, so it can show a reminder."
          >
            <NumberInput
              name="graceDays"
              min={0}
              unit={values.graceDays === '1' ? 'day' : 'days'}
              value={number(values.graceDays)}
              onValueChange={typed('graceDays')}
            />
          </Field>
        )}
      </FormSection>

      <FormSection title="Devices" description="An activation ties a key to one device and can be released again.">
        <RadioCards
          name="activationsMode"
          label="Activations"
          columns={3}
          value={values.activationsMode}
          onValueChange={(activationsMode) => change({ activationsMode })}
          error={errors.activationsMode}
          options={[
            { value: 'limited', label: 'Limited', description: 'A fixed number at a time.' },
            { value: 'unlimited', label: 'Unlimited', description: 'Counted, never refused.' },
            { value: 'off', label: 'Off', description: 'Keys are only validated.' },
          ]}
        />
        {values.activationsMode === 'limited' && (
          <Field label="Device limit" error={errors.activationLimit}>
            <NumberInput
              name="activationLimit"
              min={1}
              unit={values.activationLimit === '1' ? 'device' : 'devices'}
              value={number(values.activationLimit)}
              onValueChange={typed('activationLimit')}
            />
          </Field>
        )}
        {takesDevices && (
          <div>
            <Switch
              name="activationRequired"
              label="Require an activation"
              description="Validation refuses a key unless the call comes from one of its devices. Without this, the limit only applies to software that activates."
              checked={values.activationRequired}
              onChange={(event) => change({ activationRequired: event.target.checked })}
            />
            {errors.activationRequired && <FieldError>{errors.activationRequired[0]}</FieldError>}
          </div>
        )}
        <fieldset hidden={!takesDevices} className="grid gap-3">
          <legend className="float-left mb-1 w-full font-medium">Customers may</legend>
          <Switch
            name="customerMayDeactivate"
            label="Deactivate devices"
            description="To move to another computer without asking you."
            checked={values.customerMayDeactivate}
            onChange={(event) => change({ customerMayDeactivate: event.target.checked })}
            className="clear-both"
          />
          <Switch
            name="customerMayReplace"
            label="Replace a device"
            description="Software gives a new device the slot of one the customer chooses. Otherwise it needs a free slot."
            checked={values.customerMayReplace}
            onChange={(event) => change({ customerMayReplace: event.target.checked })}
          />
          <Switch
            name="customerMayRename"
            label="Rename devices"
            checked={values.customerMayRename}
            onChange={(event) => change({ customerMayRename: event.target.checked })}
          />
        </fieldset>
      </FormSection>

      <FormSection title="Usage" description="Software counts uses when it validates: exports, requests, tokens.">
        <RadioCards
          name="usageMode"
          label="Uses"
          columns={2}
          value={values.usageMode}
          onValueChange={(usageMode) => change({ usageMode: usageMode as FormValues['usageMode'] })}
          error={errors.usageMode}
          options={[
            { value: 'unlimited', label: 'Unlimited', description: 'Counted, never refused.' },
            { value: 'limited', label: 'Limited', description: 'Refused when the limit is used up.' },
          ]}
        />
        {values.usageMode === 'limited' && (
          <div className="flex flex-wrap items-start gap-2">
            <Field label="Usage limit" error={errors.usageLimit} className="max-w-80">
              <NumberInput
                name="usageLimit"
                min={1}
                unit={values.usageLimit === '1' ? 'use' : 'uses'}
                value={number(values.usageLimit)}
                onValueChange={typed('usageLimit')}
                className="w-52"
              />
            </Field>
            <Field label="Resets" error={errors.usageReset} className="w-36">
              <Select
                name="usageReset"
                value={values.usageReset}
                onValueChange={(usageReset) => change({ usageReset })}
                items={[
                  { value: 'never', label: 'Never' },
                  { value: 'day', label: 'Every day' },
                  { value: 'month', label: 'Every month' },
                  { value: 'year', label: 'Every year' },
                ]}
              />
            </Field>
          </div>
        )}
      </FormSection>

      <FormSection title="Instructions" description="Mailed with the key and shown on the customer’s purchases page.">
        <InstructionsEditor
          value={values.instructions}
          onChange={(instructions) => change({ instructions })}
          error={errors.instructions}
        />
      </FormSection>

      <FormSection title="Data that keys carry" description="Sent to your software with each validation.">
        <Field label="Version" optional error={errors.version}>
          <Input
            name="version"
            value={values.version}
            onChange={(event) => change({ version: event.target.value })}
            placeholder="4.x"
            autoComplete="off"
            className="max-w-44"
          />
        </Field>
        <Field
          label="Entitlements"
          optional
          error={errors.entitlements}
          description="Feature names, separated by commas. Software can ask whether a key includes one."
        >
          <Input
            name="entitlements"
            mono
            value={values.entitlements}
            onChange={(event) => change({ entitlements: event.target.value })}
            placeholder="export, sync"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      </FormSection>
    </>
  )
}
