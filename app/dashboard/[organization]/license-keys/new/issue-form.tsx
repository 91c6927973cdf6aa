'use client'
import { useState } from 'react'
import { usePageForm } from '#components/page-form.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { type Term, termLabels } from '#lib/key-configurations/rules.ts'
import type { IssueChoice } from '#lib/license-keys/queries.ts'
import type { MailWay } from '#lib/mail/plain.ts'
import { type Issued, issueKey } from './actions.ts'
import { IssuedKey } from './issued-key.tsx'

export type Prefill = { configuration: string; product: string; email: string; name: string }

/** To whom, from which configuration, for which product. */
export function IssueForm({
  organization,
  organizationId,
  url,
  choices,
  mailWay,
  prefill,
  onAnother,
}: {
  organization: string
  organizationId: string
  url: string
  choices: IssueChoice[]
  mailWay: MailWay
  prefill: Prefill
  onAnother: () => void
}) {
  const { state, errors, attributes } = usePageForm(issueKey)
  const [configurationId, setConfigurationId] = useState(
    () =>
      choices.find((choice) => choice.id === prefill.configuration)?.id ??
      (choices.length === 1 ? choices[0]?.id : '') ??
      '',
  )
  // The only product that grants the configuration is what is meant.
  const [productId, setProductId] = useState(() => {
    const granting = choices.find((each) => each.id === configurationId)?.products ?? []
    return prefill.product || (granting.length === 1 ? (granting[0]?.id ?? '') : '')
  })
  const choice = choices.find((each) => each.id === configurationId)
  const products = choice?.products ?? []
  const product = products.find((each) => each.id === productId)

  if (state.status === 'ok') {
    const issued = state.result as Issued
    return (
      <IssuedKey
        organization={organization}
        organizationId={organizationId}
        url={url}
        issued={issued}
        choice={choices.find((each) => each.id === issued.keyConfigurationId)}
        mailWay={mailWay}
        onAnother={onAnother}
      />
    )
  }

  const typed = (name: string, otherwise = '') => String(state.values?.[name] ?? otherwise)
  return (
    <div className="@container max-w-[1080px]">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-6 @4xl:grid-cols-[minmax(0,1fr)_320px]">
        <form {...attributes} className="grid content-start gap-3">
          <input type="hidden" name="organization" value={organization} />
          <div>
            <FormSection title="Key" description="What the key looks like and what it allows.">
              <Field label="Key configuration" error={errors.keyConfigurationId}>
                <Select
                  name="keyConfigurationId"
                  items={choices.map((each) => ({
                    value: each.id,
                    label: each.name,
                    description: `${each.words.devices}, expires: ${each.words.expiry.toLowerCase()}`,
                  }))}
                  value={configurationId || null}
                  onValueChange={(id) => {
                    setConfigurationId(id)
                    const granting = choices.find((each) => each.id === id)?.products ?? []
                    setProductId(granting.length === 1 ? (granting[0]?.id ?? '') : '')
                  }}
                />
              </Field>
              <Field
                label="Product"
                error={errors.productId}
                description={
                  choice && products.length === 0
                    ? 'No product grants this configuration. The key belongs to no purchase.'
                    : 'With a product the key belongs to a purchase; only products that grant the configuration are offered.'
                }
              >
                <Select
                  name="productId"
                  placeholder="No product"
                  items={[
                    { value: '', label: 'No product' },
                    ...products.map((each) => ({ value: each.id, label: each.name })),
                  ]}
                  value={product?.id ?? ''}
                  onValueChange={setProductId}
                />
              </Field>
              {choice && products.length > 0 && !product && (
                <Notice tone="warn" title="This key will have no product.">
                  {new Intl.ListFormat('en').format(products.map((each) => each.name))}{' '}
                  {products.length === 1 ? 'grants' : 'grant'} {choice.name}: software that asks for{' '}
                  {products.length === 1 ? 'it' : 'one of them'}, as our sample programs do, will refuse the key with{' '}
                  <code className="font-mono text-sm">PRODUCT_MISMATCH</code>.
                </Notice>
              )}
              {product && (
                <Field
                  label="Order number"
                  optional
                  error={errors.reference}
                  description="The number of an order you already have, so that support can find it. Leave it empty to create one."
                >
                  <Input name="reference" maxLength={80} autoComplete="off" mono defaultValue={typed('reference')} />
                </Field>
              )}
              {product && (
                <Checkbox
                  name="addToPurchase"
                  label="Add another key to this order if it already exists"
                  defaultChecked={state.values?.addToPurchase === 'on'}
                />
              )}
            </FormSection>
            <FormSection title="Customer" description="The owner of this address sees the key on their purchases page.">
              <Field label="E-mail" error={errors.customerEmail}>
                <Input
                  name="customerEmail"
                  type="text"
                  inputMode="email"
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={254}
                  defaultValue={typed('customerEmail', prefill.email)}
                />
              </Field>
              <Field
                label="Name"
                optional
                error={errors.customerName}
                description="Saved if the customer has no name yet."
              >
                <Input
                  name="customerName"
                  maxLength={120}
                  autoComplete="off"
                  defaultValue={typed('customerName', prefill.name)}
                />
              </Field>
              <Switch
                name="sendMail"
                label="Mail the key to the customer"
                defaultChecked={state.values ? state.values.sendMail === 'on' : false}
                description={
                  {
                    sent: 'With the activation instructions of the configuration.',
                    kept: 'This demo sends no mail: the message goes to its outbox.',
                    waits: 'Mail is not set up yet: the message waits until SMTP_URL is set.',
                  }[mailWay]
                }
              />
            </FormSection>
            <FormSection title="Note" description="Only your team sees it.">
              <Field label="Note" hideLabel error={errors.note}>
                <Textarea name="note" rows={3} maxLength={2000} defaultValue={typed('note')} />
              </Field>
            </FormSection>
          </div>
          <FormError>{state.status === 'error' && state.message}</FormError>
          <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
            <SubmitButton>Issue key</SubmitButton>
          </div>
        </form>
        <div className="@4xl:sticky @4xl:top-4 @4xl:self-start">
          <Meaning choice={choice} />
        </div>
      </div>
    </div>
  )
}

const terms = [
  'expiry',
  'grace',
  'devices',
  'activation',
  'usage',
  'rights',
  'version',
  'entitlements',
] as const satisfies Term[]

function Meaning({ choice }: { choice: IssueChoice | undefined }) {
  return (
    <Card>
      <CardHeader title={choice ? choice.name : 'What the key allows'} />
      <CardBody>
        {choice ? (
          <>
            <p className="mb-1 text-mute text-sm">It will look like this</p>
            <p className="mb-4 break-all font-mono text-xs">{choice.sample}</p>
            <DescriptionList>
              {terms.map((term) => (
                <Description key={term} name={termLabels[term]}>
                  {choice.words[term]}
                </Description>
              ))}
            </DescriptionList>
          </>
        ) : (
          <p className="text-mute">Choose a key configuration to see when its keys expire and what they allow.</p>
        )}
      </CardBody>
    </Card>
  )
}
