import { z } from 'zod'
import { isStorable, tidyName, tidyParagraphs } from './text.ts'

// Fields as forms and programs send them, whatever they are about.

/** One line of text, trimmed; `what` begins the sentence a person reads when it is too long. */
export const line = (what: string, max: number) =>
  z
    .string('Please enter some text.')
    .overwrite(tidyName)
    .max(max, `${what} can have at most ${max} characters.`)
    .refine(isStorable, 'This text has characters that cannot be stored.')
    .refine((value) => !/\p{Cc}/u.test(value), `${what} cannot have line breaks or control characters.`)
    .meta({ pattern: '^\\s*[^\\u0000-\\u001f\\u007f-\\u009f]*\\s*$' })

/** Text of many lines; line ends become \n, whatever the browser sent. */
export const paragraphs = (what: string, max: number) =>
  z
    .string('Please enter some text.')
    .transform((value) => (isStorable(value) ? tidyParagraphs(value) : value))
    .refine((value) => value.length <= max, `${what} can have at most ${max.toLocaleString('en')} characters.`)
    .refine(isStorable, 'This text has characters that cannot be stored.')
    .meta({ pattern: '^[^\\u0000]*$' })

/** What a form sends for a checkbox (nothing when it is clear), or a boolean. */
export const checkbox = z.preprocess(
  (value) => (value === undefined || value === '' ? false : value),
  z.union([z.boolean(), z.stringbool({ truthy: ['on', 'true'], falsy: ['off', 'false'] })], 'Choose yes or no.'),
)

/** Ids from checkboxes: none, one or many. */
export const ids = z.preprocess(
  (value) => (value === undefined || value === '' ? [] : typeof value === 'string' ? [value] : value),
  z
    .array(z.guid('There is no such choice.').toLowerCase(), 'There is no such choice.')
    .max(500, 'Too many choices.')
    .transform((values) => [...new Set(values)]),
)

/** True for what a form sends for a field that was left empty. */
export const blank = (value: unknown) => value === undefined || value === null || value === ''

/** A whole number from a text field or JSON; null when left empty. People may type 10 000 or 10,000. */
export const wholeNumber = (min: number, max: number) => {
  const message = `Enter a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}.`
  return z.preprocess((value) => {
    if (blank(value)) return null
    if (typeof value !== 'string') return value
    const digits = value.trim().replace(/(?<=\d)[\s,_](?=\d{3}(\D|$))/g, '')
    return digits === '' ? null : /^\d+$/.test(digits) ? Number(digits) : value
  }, z.number(message).int(message).min(min, message).max(max, message).nullable())
}

/** One of a closed list; `otherwise` when left empty. */
export const choice = <T extends Record<string, string>>(values: T, otherwise: T[keyof T]) =>
  z.preprocess((value) => (blank(value) ? otherwise : value), z.enum(values, 'Choose one of these.'))
