'use client'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import type { EndpointChoice } from '#lib/webhook-endpoints/rules.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'
import { save } from '../../actions.ts'
import { EndpointFields } from '../../endpoint-fields.tsx'

/** Where events go, which, and what is in them. */
export function EditForm({
  organization,
  endpointId,
  choice,
  format,
  allowsPrivate,
}: {
  organization: string
  endpointId: string
  choice: EndpointChoice
  format: WebhookFormat
  allowsPrivate: boolean
}) {
  const use = usePageForm(save, sayDone)
  return (
    <PageForm use={use} hidden={{ organization, endpointId }} opened={{ ...choice }}>
      <EndpointFields {...choice} format={format} allowsPrivate={allowsPrivate} errors={use.errors} />
    </PageForm>
  )
}
