import { expect, test } from 'vitest'
import { shortAddress } from './rules.ts'

test.each([
  ['tomas@herrera.example', 'to…@herrera.example'],
  ['ab@x.example', 'a…@x.example'],
  ['a@x.example', '…@x.example'],
  ['"a@b"@x.example', '"a…@x.example'],
])('%s is shown as %s', (email, short) => {
  expect(shortAddress(email)).toBe(short)
})
