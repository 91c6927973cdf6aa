import '#server-only'
import { normaliseKeyString, strongFolded } from '../key-strings/string.ts'
import type { Purpose, TokenPurpose } from '../secrets/secrets.ts'

// Every column that depends on the master secret, so that replacing it forgets none. A test holds this against schema.prisma.

/** A sealed column; with the hashes that are made of what it holds, which are rewritten together with it. */
export type SealedColumn = {
  table: string
  /** The primary key: names and types. */
  key: Record<string, string>
  column: string
  purpose: Purpose
  hashes?: HashColumn[]
}

/** `of`: the text that is hashed; null where there is none, which is written as no bytes. */
type HashColumn = { column: string; purpose: Purpose; of: (content: string) => string | null }

const keyHashes: HashColumn[] = [
  { column: 'key_hash', purpose: 'license-key-lookup', of: normaliseKeyString },
  { column: 'folded_hash', purpose: 'license-key-folded', of: strongFolded },
]

export const sealedColumns: SealedColumn[] = [
  {
    table: 'license_keys',
    key: { id: 'uuid' },
    column: 'key_cipher',
    purpose: 'license-key-cipher',
    hashes: keyHashes,
  },
  {
    table: 'old_key_strings',
    key: { key_hash: 'bytea' },
    column: 'key_cipher',
    purpose: 'license-key-cipher',
    hashes: keyHashes,
  },
  { table: 'mails', key: { id: 'uuid' }, column: 'payload', purpose: 'mail-payload' },
  {
    table: 'idempotency_keys',
    key: { license_key_id: 'uuid', idempotency_key: 'text' },
    column: 'outcome',
    purpose: 'idempotent-outcome',
  },
  {
    table: 'api_answers',
    key: { api_key_id: 'uuid', idempotency_key: 'text' },
    column: 'answer',
    purpose: 'idempotent-outcome',
  },
  { table: 'customer_erasures', key: { id: 'uuid' }, column: 'sought', purpose: 'erasure' },
  { table: 'authenticators', key: { user_id: 'uuid' }, column: 'secret', purpose: 'totp' },
  { table: 'imports', key: { id: 'uuid' }, column: 'settings', purpose: 'import' },
  {
    table: 'store_connections',
    key: { id: 'uuid' },
    column: 'token',
    purpose: 'store',
    hashes: [{ column: 'token_hash', purpose: 'store-token', of: (token) => token }],
  },
  { table: 'store_connections', key: { id: 'uuid' }, column: 'secrets', purpose: 'store' },
  { table: 'store_connections', key: { id: 'uuid' }, column: 'credential', purpose: 'store' },
  { table: 'store_deliveries', key: { id: 'uuid' }, column: 'content', purpose: 'store' },
  { table: 'webhook_endpoints', key: { id: 'uuid' }, column: 'secrets', purpose: 'webhook' },
  { table: 'webhook_endpoints', key: { id: 'uuid' }, column: 'headers', purpose: 'webhook' },
  { table: 'webhook_messages', key: { id: 'uuid' }, column: 'body', purpose: 'webhook' },
  { table: 'import_parts', key: { import_id: 'uuid', file: 'int', part: 'int' }, column: 'content', purpose: 'import' },
  { table: 'archive_parts', key: { archive_id: 'uuid', part: 'int' }, column: 'content', purpose: 'archive' },
]

/**
 * Hashes of tokens that are shown once and stored nowhere. They stay as they are and name their version; the key that checks them stays known,
 * and each is hashed anew when it is next used.
 */
export const tokenColumns: { table: string; column: string; purpose: TokenPurpose }[] = [
  { table: 'api_keys', column: 'token_hash', purpose: 'api-key' },
  { table: 'customer_sessions', column: 'token_hash', purpose: 'customer-session' },
]
