// A form sends what it was opened with beside what was typed. From the two and what is true now follows what somebody changed, and
// whether somebody else changed the same meanwhile. Everything else stays as the others made it.
import { Refusal } from '../base/errors.ts'

/** What a form showed when it was opened, by the names of its values, as JSON carries them. */
export type Opened = Record<string, unknown>

/** A value, or a few that mean one thing together, of what people change in a form. */
export type EditPart<Values> = {
  label: string
  fields: readonly (keyof Values & string)[]
  /** The input that an error about it stands at. */
  input: string
  words: (values: Values) => string
}

/** One part that two people changed to different things. */
export type EditConflict = { label: string; input: string; theirs: string; yours: string }

/** The refusal of an edit whose very fields were changed by somebody else meanwhile. */
export class StaleEdit extends Refusal {
  readonly conflicts: EditConflict[]
  /** What is true of those fields now: the next attempt begins from there, knowing it. */
  readonly present: Opened

  constructor(conflicts: EditConflict[], present: Opened) {
    const what = conflicts.map(({ label }) => label).join(', ')
    super(
      'CONFLICT',
      `Somebody else changed this while you did: ${what}. Nothing was saved. ${conflicts.map(conflictWords).join(' ')} ` +
        'Save again to replace theirs with yours.',
      conflicts[0]?.input,
    )
    this.conflicts = conflicts
    this.present = present
  }
}

const conflictWords = ({ label, theirs, yours }: EditConflict): string =>
  `${label} is now ${theirs}, you entered ${yours}.`

// Dates travel as text; of lists of ids the order means nothing.
const canonical = (value: unknown, field: string): string => {
  const plain: unknown = JSON.parse(JSON.stringify(value ?? null))
  return JSON.stringify(Array.isArray(plain) && field.endsWith('Ids') ? plain.toSorted() : plain)
}

/**
 * Joins what one person typed with what others changed since the form was opened, part by part. Throws StaleEdit when both changed the same
 * part to different things. Parts that the form did not show are left as they are. `mine` names what this person changed.
 */
export function mergeEdit<Values extends object>(
  parts: readonly EditPart<Values>[],
  opened: Opened,
  typed: Values,
  present: Values,
): { merged: Values; mine: EditPart<Values>[] } {
  const merged = { ...present }
  const mine: EditPart<Values>[] = []
  const clashes: EditPart<Values>[] = []
  const differs = (part: EditPart<Values>, a: object, b: object) =>
    part.fields.some(
      (field) => canonical(a[field as keyof object], field) !== canonical(b[field as keyof object], field),
    )
  for (const part of parts) {
    if (part.fields.some((field) => !(field in opened))) continue
    if (!differs(part, typed, opened)) continue
    if (differs(part, present, opened) && differs(part, typed, present)) clashes.push(part)
    mine.push(part)
    for (const field of part.fields) merged[field] = typed[field]
  }
  if (clashes.length > 0) {
    throw new StaleEdit(
      clashes.map((part) => ({
        label: part.label,
        input: part.input,
        theirs: part.words(present),
        yours: part.words(typed),
      })),
      Object.fromEntries(clashes.flatMap((part) => part.fields.map((field) => [field, present[field]]))),
    )
  }
  return { merged, mine }
}

/** What a form was opened with, as its hidden field carries it; null when it carries nothing that can be read. */
export function readOpened(text: unknown): Opened | null {
  if (typeof text !== 'string' || text === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Opened) : null
  } catch {
    return null
  }
}
