import '#server-only'
import { hash } from 'node:crypto'

const BLOCK = 64
const DIGEST = 32
const TEXT = 1_024

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes, in hexadecimal. Made of Node's one-shot hashes in memory that is used again,
 * because setting up its HMAC object takes eight times as long as the hash itself, and every license call needs one.
 */
export function hmacSha256(key: Uint8Array): (text: string) => string {
  if (key.byteLength > BLOCK) throw new RangeError(`The key may have at most ${BLOCK} bytes.`)
  const inner = Buffer.alloc(BLOCK + TEXT, 0x36)
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c)
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  return (text) => {
    // Three bytes are the most that UTF-8 needs for a unit of a JavaScript string.
    const whole =
      text.length * 3 <= TEXT
        ? inner.subarray(0, BLOCK + inner.write(text, BLOCK, 'utf8'))
        : Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text, 'utf8')])
    outer.write(hash('sha256', whole, 'hex'), BLOCK, 'hex')
    return hash('sha256', outer, 'hex')
  }
}
