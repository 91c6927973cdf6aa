import { createHash, randomBytes } from 'node:crypto'

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

const OURS_ELSEWHERE = /^[a-z]{2,5}_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i
// Any fixed UUID: it only has to stay the same.
const NAMESPACE = Buffer.from('6f1a6c1e4a0e5b539c7d2f6f5b1f8c11', 'hex')

/**
 * The id we keep for what another system names by `text`: a UUID is kept, our own ids in a vendor's spelling (`lki_` and 32 hex digits)
 * are read back, and any other text gets the same version 5 UUID (RFC 9562) every time, so nothing has to be looked up.
 */
export function idFrom(text: string): string {
  if (isId(text)) return text.toLowerCase()
  const ours = OURS_ELSEWHERE.exec(text)
  if (ours) return ours.slice(1).join('-').toLowerCase()
  const bytes = createHash('sha1').update(NAMESPACE).update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
