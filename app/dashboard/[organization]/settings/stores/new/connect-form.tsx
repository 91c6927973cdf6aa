'use client'
import { useRouter } from 'next/navigation'
import { useActionState, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { connect } from '../actions.ts'

export type StoreChoice = { value: string; label: string; eventsSayMode: boolean }

/** What a connection is made from; the steps in the store follow on its page. */
export function ConnectForm({ organization, stores }: { organization: string; stores: StoreChoice[] }) {
  const router = useRouter()
  const [store, setStore] = useState('')
  const [state, act, pending] = useActionState(async (previous: FormState, form: FormData) => {
    const next = await connect(previous, form)
    if (next.status === 'ok') {
      const { connectionId } = next.result as { connectionId: string }
      router.push(paths.store({ organization, id: connectionId }))
    }
    return next
  }, idle)
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  const chosen = stores.find(({ value }) => value === store)
  return (
    <form
      {...form}
      action={act}
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
    >
      <input type="hidden" name="organization" value={organization} />
      <div className={state.status === 'error' ? 'mb-5' : undefined}>
        <FormError>{state.status === 'error' && !pending ? state.message : null}</FormError>
      </div>
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
      <FormSection title="Name" description="For you and your colleagues, when you have several.">
        <Field label="Name" error={errors.name}>
          <Input name="name" maxLength={80} autoComplete="off" placeholder={chosen?.label ?? 'Main shop'} />
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
      <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
        <Button type="submit" variant="primary" loading={pending || state.status === 'ok'}>
          Continue
        </Button>
        <Button href={paths.stores({ organization })} variant="ghost">
          Cancel
        </Button>
      </div>
    </form>
  )
}

const idle: FormState = { status: 'idle' }
