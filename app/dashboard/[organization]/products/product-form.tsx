'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Term } from '#lib/key-configurations/rules.ts'
import type { FormAction, FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { inShort } from './product-words.ts'

export type ConfigurationChoice = { id: string; name: string; archived: boolean; words: Record<Term, string> }

/** A product's name, its description and what it grants. */
export function ProductForm({
  organization,
  product,
  configurations,
  others,
  action,
}: {
  organization: string
  /** `id` is null while the product does not exist. */
  product: {
    id: string | null
    name: string
    description: string | null
    keyConfigurationIds: string[]
    takesOver: string[]
  }
  configurations: ConfigurationChoice[]
  /** The other products. */
  others: { id: string; name: string; archived: boolean }[]
  action: FormAction
}) {
  const router = useRouter()
  const [state, act, pending] = useActionState(async (previous: FormState, form: FormData) => {
    const next = await action(previous, form)
    if (next.status === 'ok') {
      const saved = next.result as { id: string; name: string }
      toast.success(`${saved.name} ${product.id ? 'saved' : 'created'}`)
      router.push(paths.product({ organization, id: saved.id }))
    }
    return next
  }, idle)
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form
      {...form}
      action={act}
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
    >
      <input type="hidden" name="organization" value={organization} />
      {product.id && <input type="hidden" name="id" value={product.id} />}
      {product.id && (
        <OpenedWith
          values={{
            name: product.name,
            description: product.description,
            keyConfigurationIds: product.keyConfigurationIds,
            takesOver: product.takesOver,
          }}
          state={state}
        />
      )}
      <div className={state.status === 'error' ? 'mb-5' : undefined}>
        <FormError>{state.status === 'error' && !pending ? state.message : null}</FormError>
      </div>
      <FormSection title="Product" description="Customers read this name in mails and on their purchases page.">
        <Field label="Name" error={errors.name}>
          <Input name="name" defaultValue={product.name} placeholder="Inkwell Editor" autoComplete="off" />
        </Field>
        <Field label="Description" optional error={errors.description}>
          <Textarea name="description" rows={2} defaultValue={product.description ?? ''} />
        </Field>
      </FormSection>
      <FormSection title="Grants" description="Each purchase issues one key of each chosen configuration.">
        {configurations.length === 0 ? (
          <p className="text-mute">
            There is no key configuration yet. Save the product now and choose later, or{' '}
            <Link
              href={paths.newKeyConfiguration({ organization })}
              className="text-accent underline underline-offset-2"
            >
              create one first
            </Link>
            .
          </p>
        ) : (
          <fieldset aria-describedby={errors.keyConfigurationIds ? 'grants-error' : undefined} className="min-w-0">
            <legend className="sr-only">Key configurations</legend>
            <ul className="overflow-hidden rounded-card border border-line bg-panel shadow-soft">
              {configurations.map((configuration) => (
                <li
                  key={configuration.id}
                  className="border-line2 border-t px-3.5 py-2.5 first:border-t-0 has-checked:bg-accentbg"
                >
                  <Checkbox
                    name="keyConfigurationIds"
                    value={configuration.id}
                    defaultChecked={product.keyConfigurationIds.includes(configuration.id)}
                    label={
                      <span className="font-medium">
                        {configuration.name} {configuration.archived && <Badge tone="off">Archived</Badge>}
                      </span>
                    }
                    description={inShort(configuration.words)}
                  />
                </li>
              ))}
            </ul>
            {errors.keyConfigurationIds && <FieldError id="grants-error">{errors.keyConfigurationIds[0]}</FieldError>}
          </fieldset>
        )}
      </FormSection>
      {others.length > 0 && (
        <FormSection
          title="Takes over the key of"
          description="Who has a key of one of these and buys this product in a store goes on with that key: same string, same devices. For upgrades, and for a lifetime on top of a subscription."
        >
          <fieldset aria-describedby={errors.takesOver ? 'takes-over-error' : undefined} className="min-w-0">
            <legend className="sr-only">Takes over the key of</legend>
            <ul className="overflow-hidden rounded-card border border-line bg-panel shadow-soft">
              {others.map(({ id, name, archived }) => (
                <li key={id} className="border-line2 border-t px-3.5 py-2.5 first:border-t-0 has-checked:bg-accentbg">
                  <Checkbox
                    name="takesOver"
                    value={id}
                    defaultChecked={product.takesOver.includes(id)}
                    label={
                      <span className="font-medium">
                        {name} {archived && <Badge tone="off">Archived</Badge>}
                      </span>
                    }
                  />
                </li>
              ))}
            </ul>
            {errors.takesOver && <FieldError id="takes-over-error">{errors.takesOver[0]}</FieldError>}
          </fieldset>
        </FormSection>
      )}
      <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
        <Button type="submit" variant="primary" loading={pending || state.status === 'ok'}>
          {product.id ? 'Save changes' : 'Create product'}
        </Button>
        <Button
          href={product.id ? paths.product({ organization, id: product.id }) : paths.products({ organization })}
          variant="ghost"
        >
          Cancel
        </Button>
      </div>
    </form>
  )
}

const idle: FormState = { status: 'idle' }
