import '#server-only'
import type { Metadata } from './schema.ts'

/** Conditions for rows that have each of these names with exactly this text. */
export const withMetadata = (metadata: Metadata | undefined) =>
  Object.entries(metadata ?? {}).map(([name, equals]) => ({ metadata: { path: [name], equals } }))
