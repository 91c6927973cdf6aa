import { hash } from 'node:crypto'

const BLOCK = 64
const DIGEST = 32

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes; returns 32 bytes. Made of Node's one-shot hashes, because setting up its
 * HMAC object takes eight times as long as the hash itself, and every license call needs one.
 */
export function hmacSha256(key: Uint8Array): (text: string) => Buffer {
  if (key.byteLength > BLOCK) throw new RangeError(`The key may have at most ${BLOCK} bytes.`)
  const inner = Buffer.alloc(BLOCK, 0x36)
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c)
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  return (text) => {
    hash('sha256', Buffer.concat([inner, Buffer.from(text, 'utf8')]), 'buffer').copy(outer, BLOCK)
    return hash('sha256', outer, 'buffer')
  }
}
