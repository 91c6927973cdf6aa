import type { ActivationsMode, LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'

// What of a key a change can change: one line each makes how it is read, written, kept for taking back, and called.

type Column<Value> = { label: string; name: string; type: string; isOnlyNamed?: boolean; holds?: Value }

/** How people call it, and its name and type in PostgreSQL. Columns that mean one thing together are called the same. */
const column = <Value>(label: string, name: string, type: string): Column<Value> => ({ label, name, type })
/** One whose contents are long: that it changed is said, and no more. */
const onlyNamed = (label: string, name: string): Column<string> => ({ label, name, type: 'text', isOnlyNamed: true })

export const valueColumns = {
  status: column<LicenseKeyStatus>('Status', 'status', 'license_key_status'),
  revokedFor: column<RevokeReason[]>('Status', 'revoked_for', 'revoke_reason[]'),
  held: column<boolean>('Status', 'held', 'boolean'),
  switchedOff: column<boolean>('Status', 'switched_off', 'boolean'),
  /** ISO 8601. */
  expiresAt: column<string | null>('Expires', 'expires_at', 'timestamptz'),
  expiryDay: column<number | null>('Expires', 'expiry_day', 'smallint'),
  expiryOverridden: column<boolean>('Expires', 'expiry_overridden', 'boolean'),
  graceDaysOverride: column<number | null>('Grace period', 'grace_days_override', 'integer'),
  activationsModeOverride: column<ActivationsMode | null>(
    'Device limit',
    'activations_mode_override',
    'activations_mode',
  ),
  activationLimitOverride: column<number | null>('Device limit', 'activation_limit_override', 'integer'),
  newDevicesBlocked: column<boolean>('New devices', 'new_devices_blocked', 'boolean'),
  usageOverridden: column<boolean>('Usage limit', 'usage_overridden', 'boolean'),
  usageLimitOverride: column<number | null>('Usage limit', 'usage_limit_override', 'integer'),
  keyConfigurationId: column<string>('Configuration', 'key_configuration_id', 'uuid'),
  productId: column<string | null>('Product', 'product_id', 'uuid'),
  formerIds: column<string[]>('Configuration', 'former_ids', 'text[]'),
  tags: column<string[]>('Tags', 'tags', 'text[]'),
  note: onlyNamed('Note', 'note'),
  noteFolded: column<string | null>('Note', 'note_folded', 'text'),
}

/** Those of one key. */
export type KeyValues = {
  [Name in keyof typeof valueColumns]: (typeof valueColumns)[Name] extends Column<infer Value> ? Value : never
}
export type ValueName = keyof KeyValues
