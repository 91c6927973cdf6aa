import '#server-only'
import { unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import { isRefusal, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { isStorable } from '../base/text.ts'
import { type EditConflict, type Opened, readOpened, type StaleEdit } from './edits.ts'
import type { PasskeyRequest, StepUpWay } from './proof.ts'
import type { StepUpNeeded } from './step-up.ts'

/** What a form shows after it was sent. `values` are what the person typed, so nothing is lost. */
export type FormState = {
  status: 'idle' | 'ok' | 'error'
  message?: string
  errors?: Record<string, string[]>
  values?: Record<string, string | string[]>
  /** What the form's hidden field `was` sends next: what it was opened with, or what it has been told of since. */
  was?: string
  /** What somebody else changed meanwhile. */
  conflicts?: EditConflict[]
  /** What is asked for before it is done: proof of who it is. */
  stepUp?: StepUpWay
  /** What a passkey may sign as that proof. */
  passkey?: PasskeyRequest
  /** What a command hands back for the page: an id, a revealed key. */
  result?: unknown
}

/** What an action answers. `was`: what a form that stays open was opened with from now on. */
type Done = { message?: string; result?: unknown; was?: string }

export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>

/**
 * The one way from a form to a command: authorize, parse, run. A Refusal and bad input become form state;
 * anything else is logged once with a request id and shown without detail.
 * `authorize` receives the raw form, so that it can read which organization the page is about.
 */
export function formAction<Actor, Input>(
  authorize: (form: FormData) => Promise<Actor>,
  schema: z.ZodType<Input>,
  run: (actor: Actor, input: Input, opened: Opened | null) => Promise<Done>,
): FormAction {
  return async (_previous, form) => {
    const { was, ...input } = inputOf(form)
    const opened = readOpened(was)
    const values = withoutSecrets(input)
    const kept = { values, ...(typeof was === 'string' && { was }) }
    try {
      // Before anything reads the form: the database would fail on it.
      const spoilt = Object.keys(input).filter((name) => ![input[name] ?? ''].flat().every(isStorable))
      if (spoilt.length > 0) {
        const errors = Object.fromEntries(spoilt.map((name) => [name, ['This has a character that cannot be kept.']]))
        return { status: 'error', message: 'Please check the marked fields.', errors, ...kept }
      }
      const actor = await authorize(form)
      const parsed = schema.safeParse(input)
      if (!parsed.success) {
        const errors = z.flattenError(parsed.error).fieldErrors as Record<string, string[]>
        const message = z.flattenError(parsed.error).formErrors[0] ?? 'Please check the marked fields.'
        return { status: 'error', message, errors, ...kept }
      }
      return { status: 'ok', ...(await run(actor, parsed.data, opened)) }
    } catch (error) {
      unstable_rethrow(error) // redirects and not-found are how Next navigates
      if (isStale(error)) {
        const { conflicts, present } = error
        return {
          status: 'error',
          message: error.message,
          errors: Object.fromEntries(
            conflicts.map(({ input, theirs }) => [input, [`Somebody else changed this to ${theirs} meanwhile.`]]),
          ),
          conflicts,
          values,
          was: JSON.stringify({ ...opened, ...present }),
        }
      }
      if (isRefusal(error)) {
        return {
          status: 'error',
          message: error.message,
          ...(isStepUp(error) && { stepUp: error.stepUp, ...(error.passkey && { passkey: error.passkey }) }),
          ...(error.field && { errors: { [error.field]: [error.message] } }),
          ...kept,
        }
      }
      const requestId = newId()
      log.error({ err: error, requestId }, 'action failed')
      return {
        status: 'error',
        message: `Something went wrong on our side. Nothing was changed. Request ${requestId}.`,
        ...kept,
      }
    }
  }
}

const isStepUp = (error: unknown): error is StepUpNeeded => isRefusal(error) && 'stepUp' in error

const isStale = (error: unknown): error is StaleEdit => isRefusal(error) && 'conflicts' in error

/** A form that changes what there is: it carries what it was opened with, so that it changes only what the person changed. */
export const editAction = <Actor, Input>(
  authorize: (form: FormData) => Promise<Actor>,
  schema: z.ZodType<Input>,
  run: (actor: Actor, input: Input, opened: Opened) => Promise<Done>,
): FormAction =>
  formAction(authorize, schema, async (actor, input, opened) => {
    if (!opened) throw new Refusal('INVALID_INPUT', 'This form is out of date. Open the page again.')
    return run(actor, input, opened)
  })

/** Fields that occur once are strings, repeated ones lists; a name that ends in [] is always a list. */
function inputOf(form: FormData): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {}
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION')) continue
    const all = form.getAll(name).filter((value) => typeof value === 'string')
    if (name.endsWith('[]')) values[name.slice(0, -2)] = all
    else values[name] = all.length > 1 ? all : (all[0] ?? '')
  }
  return values
}

// What a person typed goes back into the form, except what must not travel again.
const withoutSecrets = (values: Record<string, string | string[]>) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !/password|token|secret|credential/i.test(name)))
