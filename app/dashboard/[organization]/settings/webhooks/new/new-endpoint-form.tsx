'use client'
import { useActionState, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Button } from '#components/ui/button.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { formats, type WebhookFormat, webhookFormats } from '#lib/webhooks/formats.ts'
import { type CreatedEndpoint, create } from '../actions.ts'
import { EndpointFields } from '../endpoint-fields.tsx'
import { HeaderRows } from '../header-rows.tsx'
import { NewSecret } from './new-secret.tsx'

/** Where events are to go, and which; then the secret they are signed with, once. */
export function NewEndpointForm({ organization, allowsPrivate }: { organization: string; allowsPrivate: boolean }) {
  const [state, submit, pending] = useActionState<FormState, FormData>(create, { status: 'idle' })
  const [format, setFormat] = useState<WebhookFormat>('latchkey')
  const { errors: standing, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  if (state.status === 'ok') return <NewSecret organization={organization} created={state.result as CreatedEndpoint} />

  const errors = pending ? {} : standing
  return (
    <form
      {...form}
      action={submit}
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
    >
      <input type="hidden" name="organization" value={organization} />
      <div className={state.status === 'error' ? 'mb-5' : undefined}>
        <FormError>{state.status === 'error' && !pending ? state.message : null}</FormError>
      </div>
      <FormSection title="Format" description="Whose names, bodies and signatures are sent. It stays as it is.">
        <RadioCards
          name="format"
          label="Format"
          hideLabel
          columns={3}
          value={format}
          onValueChange={(value) => setFormat(value as WebhookFormat)}
          error={errors.format}
          options={webhookFormats.map((value) => ({
            value,
            label: formats[value].label,
            description: formats[value].says,
          }))}
        />
      </FormSection>
      <EndpointFields
        {...{ url: '', description: '', types: [], hasKeyStrings: false, format, allowsPrivate, errors }}
      />
      <FormSection
        title="Headers"
        description="Sent along with each event, such as a password your server asks for. Values are kept encrypted and shown to nobody."
      >
        <HeaderRows error={errors.headerNames} />
      </FormSection>
      <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
        <Button type="submit" variant="primary" loading={pending}>
          Create endpoint
        </Button>
        <Button href={paths.webhooks({ organization })} variant="ghost">
          Cancel
        </Button>
      </div>
    </form>
  )
}
