import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { qrOf, qrPath } from './qr.ts'

const hashOf = (modules: boolean[][] | null) =>
  createHash('sha256')
    .update((modules ?? []).map((row) => row.map(Number).join('')).join('\n'))
    .digest('hex')

describe('QR codes', () => {
  // As they were when an independent reader (jsQR 1.4.0) read every length from 1 to 213 bytes.
  test.each([
    ['HELLO', 'c346c75add5698735afe3f7eb4f3e6c57ccefd9563f45f65c6d76aa518fb6f91'],
    ['EDITOR_1C285B2D-6CE6-4BC7-8A11-1234567890AB', '9344cb62c7b4dafa81249c9c3d171e0b2f10cb956369df5940df684367faeb5f'],
  ])('%s is drawn as it was when it was read', (text, hash) => expect(hashOf(qrOf(text))).toBe(hash))

  test('are as large as their text needs, up to 213 bytes', () => {
    expect(qrOf('x')?.length).toBe(21)
    expect(qrOf('x'.repeat(213))?.length).toBe(57)
    expect(qrOf('x'.repeat(214))).toBeNull()
    expect(qrOf('ä'.repeat(107))).toBeNull()
  })

  test('are a square of path for each dark module', () => {
    const modules = qrOf('HELLO') ?? []
    expect(qrPath(modules).match(/M/g)).toHaveLength(modules.flat().filter(Boolean).length)
  })
})
