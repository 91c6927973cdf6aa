import { expect, test } from 'vitest'
import { pool } from '../database/client.ts'
import { ERASED_WORD, names, sqlPattern, wordsOf } from './rules.ts'

const ana = wordsOf({ email: 'ana+keys@x.com', name: 'Ana  Mar-Lee' })

// Here and in the database: what names her, and what becomes of it. Whoever is not meant stays as they are.
test.each([
  ['ana+keys@x.com', '[deleted]'],
  ['Mail to <ANA+KEYS@X.COM>, please.', 'Mail to <[deleted]>, please.'],
  ['Wrote ana+keys@x.com.', 'Wrote [deleted].'],
  ['{"note": "Called\\nana+keys@x.com", "by": "ana mar-lee"}', '{"note": "Called\\n[deleted]", "by": "[deleted]"}'],
  ['mariana+keys@x.com', null],
  ['j.ana+keys@x.com', null],
  ['ana+keys@x.com.au', null],
  ['ana+keys@x.community', null],
  ['ana+keys@x-com', null],
  ['Diana Mar-Lee', null],
  ['Ana Mar-Leeson', null],
])('%s', async (text, becomes) => {
  const { rows } = await pool.query<{ found: boolean; text: string }>(
    `SELECT $1::text ~* $2 AS found, regexp_replace($1, $2, $3, 'gi') AS text`,
    [text, sqlPattern(ana), ERASED_WORD],
  )
  expect(rows).toEqual([{ found: becomes !== null, text: becomes ?? text }])
  expect(names(text, ana)).toBe(becomes !== null)
})

test.each([
  ['Ana', []],
  ['A B', []],
  ['J. Lee', ['J. Lee']],
  ['Zoë Müller', ['Zoë Müller']],
  // What could be the form of JSON itself.
  ['": {"', []],
  [', "', []],
  ['x", "y z', []],
  [null, []],
])('of the name %s is searched %j', (name, sought) => {
  expect(wordsOf({ email: 'a@x.com', name })).toEqual(['a@x.com', ...sought])
})

test('a reference of a store is found as a whole, and only where it is long enough', () => {
  expect(names('{"order":"1005501"}', ['a@x.com'], ['1005501'])).toBe(true)
  expect(names('{"order":"10055012"}', ['a@x.com'], ['1005501'])).toBe(false)
  expect(names('{"order":"5501"}', ['a@x.com'], ['5501'])).toBe(false)
})
