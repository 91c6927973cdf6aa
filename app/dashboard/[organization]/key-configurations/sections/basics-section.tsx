'use client'
import { Badge } from '#components/ui/badge.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { limits } from '#lib/key-configurations/plain.ts'
import type { SectionProps } from './section.ts'

/** What it is called, and which products grant it. */
export function BasicsSection({
  values,
  change,
  errors,
  products,
}: SectionProps & { products: { id: string; name: string; archived: boolean }[] }) {
  return (
    <FormSection title="Basics" description="The name is for you and your team. Customers see the product’s name.">
      <Field label="Name" error={errors.name}>
        <Input
          name="name"
          value={values.name}
          onChange={(event) => change({ name: event.target.value })}
          placeholder="Editor, yearly"
          maxLength={limits.name + 20}
          autoComplete="off"
        />
      </Field>
      {products.length > 0 && (
        <fieldset className="min-w-0" aria-describedby={errors.productIds ? 'products-error' : undefined}>
          <legend className="mb-1.5 font-medium">
            Products <span className="ml-1 font-normal text-mute text-sm">Optional</span>
          </legend>
          <p className="-mt-1 mb-2 text-mute text-sm">Each purchase of these issues one key.</p>
          <div className="scroll-thin grid max-h-44 gap-2 overflow-y-auto sm:grid-cols-2">
            {products.map((product) => (
              <Checkbox
                key={product.id}
                name="productIds"
                value={product.id}
                checked={values.productIds.includes(product.id)}
                onChange={(event) =>
                  change({
                    productIds: event.target.checked
                      ? [...values.productIds, product.id]
                      : values.productIds.filter((id) => id !== product.id),
                  })
                }
                label={
                  <>
                    {product.name} {product.archived && <Badge tone="off">Archived</Badge>}
                  </>
                }
              />
            ))}
          </div>
          {errors.productIds && <FieldError id="products-error">{errors.productIds[0]}</FieldError>}
        </fieldset>
      )}
    </FormSection>
  )
}
