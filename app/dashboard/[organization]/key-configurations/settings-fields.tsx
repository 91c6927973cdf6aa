'use client'
import { FormSection } from '#components/ui/form-section.tsx'
import { InstructionsEditor } from './instructions-editor.tsx'
import { BasicsSection } from './sections/basics-section.tsx'
import { DataSection } from './sections/data-section.tsx'
import { DevicesSection } from './sections/devices-section.tsx'
import { ExpirySection } from './sections/expiry-section.tsx'
import { KeySection } from './sections/key-section.tsx'
import type { SectionProps } from './sections/section.ts'
import { UsageSection } from './sections/usage-section.tsx'

/** All fields of a configuration. */
export function SettingsFields({
  products,
  timeZone,
  ...section
}: SectionProps & { products: { id: string; name: string; archived: boolean }[]; timeZone: string }) {
  const { values, change, errors } = section
  return (
    <>
      <BasicsSection {...section} products={products} />
      <KeySection {...section} />
      <ExpirySection {...section} timeZone={timeZone} />
      <DevicesSection {...section} />
      <UsageSection {...section} />
      <FormSection title="Instructions" description="Mailed with the key and shown on the customer’s purchases page.">
        <InstructionsEditor
          value={values.instructions}
          onChange={(instructions) => change({ instructions })}
          error={errors.instructions}
        />
      </FormSection>
      <DataSection {...section} />
    </>
  )
}
