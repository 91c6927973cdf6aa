import '#server-only'
import type { z } from 'zod'
import { isRefusal, Refusal, type RefusalCode } from '../base/errors.ts'
import type { Words } from '../words/en.ts'
import { currentReader, type Reader } from '../words/reader.ts'
import { type FormAction, formAction } from './action.ts'
import type { Opened } from './edits.ts'

/** What to say of a refusal, by the field at fault or by its code; what is not named is said in a general way. */
export type Sayings = { [of: string]: string } & Partial<Record<RefusalCode, string>>

// In English a refusal says itself what is wrong.
const ITSELF: Sayings = {}

/** Sayings for readers of other languages: in English the refusals themselves say it, and more exactly. */
export const inOther =
  (says: (words: Words) => Sayings) =>
  (words: Words): Sayings =>
    words.locale.startsWith('en') ? ITSELF : says(words)

/** A form action whose answers are in the language of whoever sent the form. */
export function readerAction<Actor, Input>(
  authorize: (form: FormData) => Promise<Actor>,
  schema: z.ZodType<Input>,
  run: (
    actor: Actor,
    input: Input,
    reader: Reader,
    opened: Opened | null,
  ) => Promise<{ message?: string; result?: unknown; was?: string }>,
  says: (words: Words) => Sayings = () => ({}),
): FormAction {
  return async (previous, sent) => {
    const reader = await currentReader()
    const sayings = says(reader.words)
    const action = formAction(authorize, schema, async (actor: Actor, input: Input, opened) => {
      try {
        return await run(actor, input, reader, opened)
      } catch (error) {
        throw isRefusal(error) && !('conflicts' in error) ? said(error, reader.words, sayings) : error
      }
    })
    const state = await action(previous, sent)
    if (state.status !== 'error') return state
    const { devices, problems, signIn } = reader.words
    if (state.conflicts) {
      const all = state.conflicts.map(({ input, theirs }): [string, string[]] => [
        input,
        [devices.changedMeanwhile(theirs)],
      ])
      return { ...state, message: all.flatMap(([, says]) => says).join(' '), errors: Object.fromEntries(all) }
    }
    // What the schema found: a refusal names one field, and its message is said already.
    const names = Object.keys(state.errors ?? {})
    if (names.length > 0 && state.errors?.[names[0] ?? '']?.[0] !== state.message) {
      const errors = Object.fromEntries(names.map((name) => [name, [sayings[name] ?? state.errors?.[name]?.[0] ?? '']]))
      return { ...state, message: signIn.checkFields, errors }
    }
    const unexpected = /^Something went wrong on our side\. Nothing was changed\.(.*)$/.exec(state.message ?? '')
    return unexpected ? { ...state, message: `${problems.unexpected}${unexpected[1]}` } : state
  }
}

/** A refusal that is in its reader's words already. */
export class SaidRefusal extends Refusal {
  readonly isSaid = true
}

function said(error: Refusal, { problems }: Words, sayings: Sayings): Refusal {
  if ('isSaid' in error) return error
  const general: Partial<Record<RefusalCode, string>> = {
    NOT_FOUND: problems.gone,
    ...(sayings !== ITSELF && { FORBIDDEN: problems.notAllowed, INVALID_INPUT: problems.stale }),
  }
  // Whatever is wrong with a field is better said in English than in general.
  const message =
    (error.field && sayings[error.field]) ||
    sayings[error.code] ||
    (error.field ? undefined : general[error.code]) ||
    error.message
  return new Refusal(error.code, message, error.field)
}
