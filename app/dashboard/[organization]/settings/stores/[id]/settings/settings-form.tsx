'use client'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { Switch } from '#components/ui/switch.tsx'
import type { LifecycleSettings } from '#lib/purchases/standing.ts'
import { saveSettings } from '../../actions.ts'

/** How keys live by what this store says. */
export function SettingsForm({
  organization,
  connectionId,
  settings,
}: {
  organization: string
  connectionId: string
  settings: LifecycleSettings
}) {
  const use = usePageForm(saveSettings, sayDone)
  const { errors } = use
  return (
    <PageForm
      use={use}
      hidden={{ organization, connectionId }}
      opened={{ ...settings }}
      beside={<p className="text-mute text-sm">What has been sold is weighed anew, too.</p>}
    >
      <FormSection title="Subscriptions" description="Keys of a subscription have no end of their own while it renews.">
        <Field
          label="After a failed payment, keys work on for"
          error={errors.graceDays}
          description="Only where the store does not say how long it waits itself. Whoever pays meanwhile notices nothing."
        >
          <NumberInput name="graceDays" defaultValue={settings.graceDays} min={0} max={365} unit="days" />
        </Field>
        <Field
          label="When nothing is heard of a renewal, keys end after"
          error={errors.marginDays}
          description="Counted from the last day that was paid for. Longer than the store goes on trying to charge."
        >
          <NumberInput name="marginDays" defaultValue={settings.marginDays} min={0} max={365} unit="days" />
        </Field>
        <Switch
          name="keysDuringTrials"
          defaultChecked={settings.keysDuringTrials}
          label="Keys during trials"
          description="Off: keys are issued with the first payment."
        />
      </FormSection>
      <FormSection title="Refunds and disputes" description="A refund of everything always takes the keys back.">
        <Field
          label="A refund counts as one of everything from"
          error={errors.fullRefundPercent}
          description="A smaller one leaves the keys as they are."
        >
          <NumberInput
            name="fullRefundPercent"
            defaultValue={settings.fullRefundPercent}
            min={1}
            max={100}
            unit="percent"
          />
        </Field>
        <Switch
          name="obeysRefundWish"
          defaultChecked={settings.obeysRefundWish}
          label="Follow what was chosen at the refund"
          description="Some stores ask whether a refund takes the purchase back. Off: the amount alone decides."
        />
        <Switch
          name="keepsDuringDispute"
          defaultChecked={settings.keepsDuringDispute}
          label="Keys work while a payment is disputed"
          description="Off: they are revoked when the dispute is opened, and come back when you win it."
        />
        <Switch
          name="continuesKeys"
          defaultChecked={settings.continuesKeys}
          label="Whoever comes back keeps the key"
          description="A new purchase of a product takes the key of an earlier one that has ended, with its devices. Off: there is a new key."
        />
      </FormSection>
      <FormSection title="Mails to buyers" description="Beside the mail with the key, which every buyer gets.">
        <Switch
          name="mailsPaymentFailed"
          defaultChecked={settings.mailsPaymentFailed}
          label="When a payment failed"
          description="Says until when the keys work, and where payment details are changed."
        />
        <Switch
          name="mailsEnded"
          defaultChecked={settings.mailsEnded}
          label="When a purchase ended or was refunded"
          description="Says that the keys no longer work."
        />
        <Switch
          name="mailsRenewed"
          defaultChecked={settings.mailsRenewed}
          label="When a subscription is renewed"
          description="Most stores send a receipt of their own."
        />
      </FormSection>
    </PageForm>
  )
}
