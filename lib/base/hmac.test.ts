import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hmacSha256 } from './hmac.ts'

describe('hmacSha256', () => {
  test("is Node's own HMAC for every key and text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'binary', maxLength: 1_200 }), (key, text) => {
        expect(hmacSha256(key)(text)).toBe(createHmac('sha256', key).update(text, 'utf8').digest('hex'))
      }),
    )
  })

  // RFC 4231, test case 2.
  test('gives what the standard gives', () => {
    expect(hmacSha256(Buffer.from('Jefe'))('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  test('keeps nothing of one text for the next', () => {
    const hash = hmacSha256(Buffer.from('key'))
    const first = hash('a longer text than the next')
    hash('b')
    expect(hash('a longer text than the next')).toBe(first)
  })

  test('refuses a key that would have to be hashed first', () => {
    expect(() => hmacSha256(new Uint8Array(65))).toThrow(RangeError)
  })
})
