import { Refusal } from '../base/errors.ts'
import { limits, type Metadata, type MetadataPatch } from './schema.ts'

/** A column of metadata as what it is. */
export const metadataOf = (column: unknown): Metadata => (column ?? {}) as Metadata

/** What there is with what is to change; refused when it would become too much. */
export function mergeMetadata(before: Metadata, patch: MetadataPatch | undefined): Metadata {
  if (patch === undefined) return before
  const merged = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === '') merged.delete(name)
    else merged.set(name, value)
  }
  if (merged.size > limits.names) {
    const message = `There would be ${merged.size} names; at most ${limits.names} are kept.`
    throw new Refusal('INVALID_INPUT', message, 'metadata')
  }
  return Object.fromEntries(merged)
}

/** What two things that become one had: the first one's, and of the other's what it lacks, as long as there is room. */
export function joinedMetadata(first: Metadata, second: Metadata): Metadata {
  const lacking = Object.entries(second).filter(([name]) => !Object.hasOwn(first, name))
  return Object.fromEntries([...Object.entries(first), ...lacking].slice(0, limits.names))
}

const cut = (text: string | undefined): string =>
  text === undefined ? 'none' : text.length > 40 ? `${text.slice(0, 39)}…` : text

/** What differs, one line for each name, for the history. */
export function metadataChanges(before: Metadata, after: Metadata): string[] {
  const of = (metadata: Metadata, name: string) => (Object.hasOwn(metadata, name) ? metadata[name] : undefined)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => of(before, name) !== of(after, name))
    .map((name) => `Metadata ${name}: ${cut(of(before, name))} → ${cut(of(after, name))}`)
}

const listed = (tags: readonly string[]): string => (tags.length === 0 ? 'none' : tags.join(', '))

/** What differs between two lists of tags, or nothing. */
export const tagChanges = (before: readonly string[], after: readonly string[]): string[] =>
  listed(before) === listed(after) ? [] : [`Tags: ${listed(before)} → ${listed(after)}`]
