'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { PageForm, usePageForm } from '#components/page-form.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Term } from '#lib/key-configurations/rules.ts'
import type { FormAction } from '#lib/web/action.ts'
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
  const { id, ...opened } = product
  const use = usePageForm(action, ({ result }) => {
    const saved = result as { id: string; name: string }
    toast.success(`${saved.name} ${id ? 'saved' : 'created'}`)
    router.push(paths.product({ organization, id: saved.id }))
  })
  const { errors } = use
  return (
    <PageForm
      use={use}
      hidden={{ organization, id }}
      opened={id ? opened : null}
      save={id ? 'Save changes' : 'Create product'}
      cancel={id ? paths.product({ organization, id }) : paths.products({ organization })}
    >
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
    </PageForm>
  )
}
