'use client'
import { useState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { slugFrom } from '#lib/organizations/plain.ts'

/** The name of an organization to be, and its address, which follows the name until somebody types one. */
export function NameAndSlug({
  say,
  name,
  host,
  values,
  errors,
}: {
  say: { name: string; nameHint: string; slug: string }
  /** The field that the name is sent as; the address is `slug`. */
  name: string
  host: string
  /** What was sent before. */
  values: Readonly<Record<string, unknown>> | undefined
  errors: Readonly<Record<string, string[] | undefined>>
}) {
  // Without JavaScript these begin with what was sent.
  const sent = (field: string) => (typeof values?.[field] === 'string' ? values[field] : '')
  const [typedName, setTypedName] = useState(sent(name))
  const [slug, setSlug] = useState<string | null>(sent('slug') || null)
  return (
    <>
      <Field label={say.name} error={errors[name]} description={say.nameHint}>
        <Input
          name={name}
          autoComplete="organization"
          maxLength={80}
          value={typedName}
          onChange={(event) => setTypedName(event.target.value)}
        />
      </Field>
      <Field label={say.slug} error={errors.slug}>
        <Input
          name="slug"
          autoComplete="off"
          spellCheck={false}
          before={`${host}/dashboard/`}
          value={slug ?? slugFrom(typedName)}
          onChange={(event) => setSlug(event.target.value || null)}
        />
      </Field>
    </>
  )
}
