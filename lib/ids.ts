import { randomBytes } from 'node:crypto'

// Counts the ids of this process in the bits after the time (RFC 9562, 6.2), so that the facts of one transaction, which share
// their millisecond, keep their order. Each process starts somewhere else.
let sequence = randomBytes(4).readUInt32BE()

/** A UUID version 7 (RFC 9562): sorts by time, then as made, so indexes and cursor pages stay local. */
export function newId(now: Date = new Date()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  sequence = (sequence + 1) & 0x3ffffff
  bytes.writeUInt16BE(0x7000 | (sequence >> 14), 6)
  bytes.writeUInt16BE(0x8000 | (sequence & 0x3fff), 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for any UUID: what may be sent to a uuid column. */
export const isId = (value: string): boolean => UUID.test(value)
