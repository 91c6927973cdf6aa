'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { PageForm, usePageForm } from '#components/page-form.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import * as paths from '#lib/web/paths.ts'
import { connect } from '../actions.ts'

export type StoreChoice = { value: string; label: string; eventsSayMode: boolean }

/** What a connection is made from; the steps in the store follow on its page. */
export function ConnectForm({ organization, stores }: { organization: string; stores: StoreChoice[] }) {
  const router = useRouter()
  const [store, setStore] = useState('')
  const [name, setName] = useState<string | null>(null)
  const use = usePageForm(connect, ({ result }) => {
    const { connectionId } = result as { connectionId: string }
    router.push(paths.store({ organization, id: connectionId }))
  })
  const { errors } = use
  const chosen = stores.find(({ value }) => value === store)
  return (
    <PageForm use={use} hidden={{ organization }} save="Continue" cancel={paths.stores({ organization })}>
      <FormSection title="Store" description="Where your customers pay.">
        <RadioCards
          name="store"
          label="Store"
          hideLabel
          columns={3}
          value={store}
          onValueChange={setStore}
          error={errors.store}
          options={stores.map(({ value, label }) => ({ value, label }))}
        />
      </FormSection>
      <FormSection
        title="Name"
        description="For you and your colleagues, when you have several. Customers read that of a shop of your own."
      >
        <Field label="Name" error={errors.name}>
          <Input
            name="name"
            maxLength={80}
            autoComplete="off"
            // A shop of one's own has a name that customers know: mails of failed payments say it.
            value={name ?? (chosen && chosen.value !== 'custom' ? chosen.label : '')}
            onChange={({ target: { value } }) => setName(value)}
          />
        </Field>
      </FormSection>
      <FormSection
        title="Sales"
        description={
          chosen && !chosen.eventsSayMode
            ? `${chosen.label} keeps live and test apart: connect both if you want to try it out first.`
            : 'What comes from the other mode is ignored. You can connect both.'
        }
      >
        <RadioCards
          name="mode"
          label="Sales"
          hideLabel
          columns={2}
          defaultValue="live"
          options={[
            { value: 'live', label: 'Live', description: 'Real sales: customers are mailed their keys.' },
            {
              value: 'test',
              label: 'Test',
              description: 'The store’s test mode: keys begin with TEST_ and nobody is mailed.',
            },
          ]}
        />
      </FormSection>
    </PageForm>
  )
}
