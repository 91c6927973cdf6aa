import '#server-only'
import { ask, bytes, FEW, onBatchConnection } from '../database/batches.ts'
import {
  ACTIVATION_COLUMNS,
  type ActivationRow,
  activationRowOf,
  KEY_COLUMN_COUNT,
  KEY_COLUMNS,
  type KeyRow,
  keyRowOf,
} from '../license-keys/row.ts'
import type { ValidateCall } from './schema.ts'

// Nearly every validation is of a good key and asks for nothing special. One statement reads, locks and counts those; whatever it leaves
// out is decided by validate.ts, which knows every case.

/** The calls of a batch about one key that all ask the same. */
export type PlainGroup = { call: ValidateCall; keyHash: string; positions: number[] }

// They may count only what the rules will find valid, and may leave out as much as they like. A key that is changed while it waits for
// the lock is looked at again by PostgreSQL. Rows are locked in the order of their hashes, as by everything that locks several, so that
// none can wait for each other (validate-plain.db.test.ts).

// Without a device to look for, rows are updated as they are found, in the order of the arrays: nothing is sorted or looked up twice.
export const COUNT_KEYS = {
  name: 'validate_keys',
  text: `UPDATE license_keys k SET validations = k.validations + i.times, last_validated_at = greatest(k.last_validated_at, $4)
    FROM unnest($1::bytea[], $2::uuid[], $3::int[]) WITH ORDINALITY AS i(hash, organization_id, times, position), key_configurations c
    WHERE k.key_hash = i.hash AND k.organization_id = COALESCE(i.organization_id, k.organization_id) AND c.id = k.key_configuration_id
      AND k.status = 'granted' AND (k.expires_at IS NULL OR k.expires_at > $4) AND NOT c.activation_required
      AND ${FEW}
    RETURNING i.position, k.validations - i.times, ${KEY_COLUMNS}`,
}

export const COUNT_DEVICES = {
  name: 'validate_devices',
  text: `WITH locked AS (
      SELECT i.position, k.validations AS validations_before, ${KEY_COLUMNS}, ${ACTIVATION_COLUMNS}, i.times
      FROM unnest($1::bytea[], $2::uuid[], $3::int[], $5::uuid[], $6::text[]) WITH ORDINALITY
        AS i(hash, organization_id, times, activation_id, fingerprint, position)
      JOIN license_keys k ON k.key_hash = i.hash AND k.organization_id = COALESCE(i.organization_id, k.organization_id)
      JOIN key_configurations c ON c.id = k.key_configuration_id
      LEFT JOIN LATERAL (
        SELECT * FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL AND a.conditions = '{}'
          AND (a.id = i.activation_id OR (i.activation_id IS NULL AND a.fingerprint = i.fingerprint)) LIMIT 1
      ) a ON i.activation_id IS NOT NULL OR i.fingerprint IS NOT NULL
      WHERE k.status = 'granted' AND (k.expires_at IS NULL OR k.expires_at > $4)
        AND CASE WHEN i.activation_id IS NULL AND i.fingerprint IS NULL THEN NOT c.activation_required ELSE a.id IS NOT NULL END
        AND ${FEW}
      ORDER BY k.key_hash FOR UPDATE OF k
    ), counted AS (
      UPDATE license_keys k SET validations = k.validations + l.times, last_validated_at = greatest(k.last_validated_at, $4)
      FROM locked l WHERE k.id = l.id
    ), seen AS (
      UPDATE activations a SET validations = a.validations + l.times, last_validated_at = greatest(a.last_validated_at, $4)
      FROM locked l WHERE a.id = l."activationId"
    )
    SELECT * FROM locked`,
}

const isPlain = (call: ValidateCall): boolean =>
  !call.increment_usage &&
  !call.product_id &&
  !call.benefit_id &&
  !call.customer_id &&
  !call.conditions &&
  !call.entitlements &&
  // Which of both names the device is for the rules to say.
  !(call.activation_id && call.fingerprint)

const asksTheSame = (a: ValidateCall, b: ValidateCall): boolean =>
  a.organization_id === b.organization_id &&
  (a.activation_id ?? null) === (b.activation_id ?? null) &&
  (a.fingerprint ?? null) === (b.fingerprint ?? null)

const namesDevice = ({ call }: PlainGroup): boolean => !!call.activation_id || !!call.fingerprint

/**
 * The calls that can be counted at once, by key, in the order in which keys are locked. A key that is asked for in several ways is left to
 * the rules.
 */
export function plainGroups(calls: { call: ValidateCall; keyHash: string }[]): PlainGroup[] {
  const groups = new Map<string, PlainGroup | null>()
  for (const [position, { call, keyHash }] of calls.entries()) {
    const group = groups.get(keyHash)
    if (group === null) continue
    if (!isPlain(call) || (group && !asksTheSame(group.call, call))) groups.set(keyHash, null)
    else if (group) group.positions.push(position)
    else groups.set(keyHash, { call, keyHash, positions: [position] })
  }
  const plain = [...groups.values()].filter((group) => group !== null)
  return plain.sort((a, b) => (a.keyHash < b.keyHash ? -1 : 1))
}

/** A key that was counted, how often it had been validated before, and the activation it was asked for with. */
export type Counted = { group: PlainGroup; row: KeyRow; validationsBefore: number; activation: ActivationRow | null }

/** Counts those groups (as plainGroups made them) whose key is good at `now`, as many times as they have calls. */
export async function countPlain(groups: PlainGroup[], now: Date): Promise<Counted[]> {
  const keys = [
    groups.map(({ keyHash }) => bytes(keyHash)),
    groups.map(({ call }) => call.organization_id),
    groups.map(({ positions }) => positions.length),
    now,
  ]
  const devices = () => [
    groups.map(({ call }) => call.activation_id ?? null),
    groups.map(({ call }) => call.fingerprint ?? null),
  ]
  const withDevices = groups.some(namesDevice)
  const rows = await onBatchConnection((client) =>
    withDevices ? ask(client, COUNT_DEVICES, [...keys, ...devices()]) : ask(client, COUNT_KEYS, keys),
  )
  return rows.map((row) => ({
    group: groups[Number(row[0]) - 1] as PlainGroup,
    validationsBefore: Number(row[1]),
    row: keyRowOf(row, 2),
    activation: withDevices ? activationRowOf(row, 2 + KEY_COLUMN_COUNT) : null,
  }))
}
