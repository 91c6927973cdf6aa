'use client'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { typeGroupsOf } from '#lib/webhook-endpoints/plain.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'

/** What people choose for an endpoint: where events go, which, and what is in them. */
export function EndpointFields({
  url,
  description,
  types,
  hasKeyStrings,
  format,
  allowsPrivate,
  errors,
}: {
  url: string
  description: string
  types: readonly string[]
  hasKeyStrings: boolean
  format: WebhookFormat
  /** Whether this server sends to networks that are not of the internet. */
  allowsPrivate: boolean
  errors: Record<string, string[]>
}) {
  return (
    <>
      <FormSection
        title="Receiver"
        description={
          allowsPrivate
            ? 'Where each event is posted. On the internet over https; over http, too, in the networks that this server allows.'
            : 'Where each event is posted. It must be on the internet, over https; a server may allow networks of its own with WEBHOOK_PRIVATE_NETWORKS.'
        }
      >
        <Field label="Address" error={errors.url}>
          <Input
            name="url"
            type="url"
            mono
            defaultValue={url}
            maxLength={2_000}
            autoComplete="off"
            spellCheck={false}
            placeholder="https://shop.example.com/webhooks/latchkey"
          />
        </Field>
        <Field label="Description" optional error={errors.description}>
          <Input
            name="description"
            defaultValue={description}
            maxLength={200}
            autoComplete="off"
            placeholder="Shop server"
          />
        </Field>
      </FormSection>
      <FormSection title="Events" description="What is sent there.">
        <RadioCards
          name="which"
          label="Events"
          hideLabel
          defaultValue={types.length === 0 ? 'all' : 'some'}
          options={[
            { value: 'all', label: 'All events', description: 'Also those that are added later.' },
            {
              value: 'some',
              label: 'Chosen events',
              description: 'Only what your system acts on.',
              children: <TypeChoices format={format} types={types} error={errors.types} />,
            },
          ]}
        />
      </FormSection>
      <FormSection title="Contents" description="An event comes with the whole record it is about.">
        <Switch
          name="hasKeyStrings"
          defaultChecked={hasKeyStrings}
          label="Send whole key strings"
          description="Off: of a key only its end is sent. Leave it off unless your system has to pass keys on."
        />
      </FormSection>
    </>
  )
}

function TypeChoices({
  format,
  types,
  error,
}: {
  format: WebhookFormat
  types: readonly string[]
  error: string[] | undefined
}) {
  return (
    <div className="@container grid gap-4 pt-1">
      {error && <FieldError>{error[0]}</FieldError>}
      {typeGroupsOf(format).map((group) => (
        <fieldset key={group.label} className="min-w-0">
          <legend className="mb-1.5 font-medium">{group.label}</legend>
          <div className="grid gap-x-5 gap-y-2 @lg:grid-cols-2">
            {group.types.map(({ type, says }) => (
              <Checkbox
                key={type}
                name="types"
                value={type}
                defaultChecked={types.includes(type)}
                label={<span className="break-all font-mono text-sm">{type}</span>}
                description={says}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  )
}
