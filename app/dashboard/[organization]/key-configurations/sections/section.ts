import type { FormValues } from '../form-values.ts'

/** What every section of the form gets. Names of fields are the schema's; their values live in the form. */
export type SectionProps = {
  values: FormValues
  change: (next: Partial<FormValues>) => void
  errors: Record<string, string[]>
}

/** What is typed as a number, null while it is none. */
export const numberOf = (text: string): number | null =>
  text === '' || Number.isNaN(Number(text)) ? null : Number(text)

/** A number as the form holds it. */
export const textOf = (value: number | null): string => (value === null ? '' : String(value))
