'use client'
import { useState } from 'react'
import { PageForm, usePageForm } from '#components/page-form.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import * as paths from '#lib/web/paths.ts'
import { formats, type WebhookFormat, webhookFormats } from '#lib/webhooks/formats.ts'
import { type CreatedEndpoint, create } from '../actions.ts'
import { EndpointFields } from '../endpoint-fields.tsx'
import { HeaderRows } from '../header-rows.tsx'
import { NewSecret } from './new-secret.tsx'

/** Where events are to go, and which; then the secret they are signed with, once. */
export function NewEndpointForm({ organization, allowsPrivate }: { organization: string; allowsPrivate: boolean }) {
  const use = usePageForm(create)
  const { state, errors } = use
  const [format, setFormat] = useState<WebhookFormat>('latchkey')
  if (state.status === 'ok') return <NewSecret organization={organization} created={state.result as CreatedEndpoint} />

  return (
    <PageForm use={use} hidden={{ organization }} save="Create endpoint" cancel={paths.webhooks({ organization })}>
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
    </PageForm>
  )
}
