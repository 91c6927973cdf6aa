// What can be read from a record of an export, and how a vendor says where it stands. A room of its own, so that each vendor's folder can
// say it and lib/imports can list them all.

/** What the records of a file are: keys (perhaps with their devices), devices alone, or people alone. */
export const recordKinds = ['keys', 'activations', 'people'] as const
export type RecordKind = (typeof recordKinds)[number]

const keyFields = {
  key: 'License key',
  email: 'Customer e-mail',
  name: 'Customer name',
  customerId: 'Customer id',
  configuration: 'Key configuration (name or id)',
  product: 'Product (name or id)',
  productName: 'Product name, when it is created',
  order: 'Order number',
  status: 'Status',
  disabled: 'Switched off (yes/no)',
  revoked: 'Refunded or revoked (yes/no)',
  partlyRefunded: 'Refunded in part (yes/no, or how much)',
  disputed: 'Charged back (yes/no)',
  disputeWon: 'Chargeback won (yes/no)',
  accessRevoked: 'Access revoked (yes/no)',
  unpaid: 'Not paid yet (yes/no)',
  over: 'Subscription over (yes/no)',
  endedAt: 'Subscription ended',
  canceledAt: 'Subscription canceled',
  failedAt: 'Subscription failed',
  recurrence: 'Subscription (its period or id)',
  renewal: 'Renewal of an earlier purchase (yes/no)',
  giftee: 'E-mail of the gift recipient',
  quantity: 'Quantity',
  createdAt: 'Created',
  expiresAt: 'Expires',
  activationLimit: 'Device limit',
  usageLimit: 'Usage limit',
  usage: 'Uses so far',
  validations: 'Validations so far',
  lastValidatedAt: 'Last validated',
  firstActivatedAt: 'First activated',
  graceDays: 'Grace period in days',
  newDevicesBlocked: 'New devices blocked (yes/no)',
  note: 'Note',
  id: 'Key id',
  externalId: 'Id elsewhere',
  configurationElsewhere: 'Id of its configuration elsewhere',
  organizationElsewhere: 'Id of your organization elsewhere',
  activations: 'Devices (JSON list)',
} as const

const activationFields = {
  activationId: 'Device id',
  activationLabel: 'Device name',
  fingerprint: 'Device fingerprint',
  activationCreatedAt: 'Device activated',
  activationLastValidatedAt: 'Device last validated',
  activationValidations: 'Validations of the device',
  activationExternalId: 'Device id elsewhere',
  conditions: 'Conditions (JSON)',
  meta: 'Facts about the device (JSON)',
} as const

/** The fields each kind of record may have, with the words people read. */
export const fieldsOf = {
  keys: { ...keyFields, ...activationFields },
  activations: { activationOf: 'Key it belongs to (key or key id)', ...activationFields },
  people: { personId: 'Customer id', email: 'Customer e-mail', name: 'Customer name' },
} as const satisfies Record<RecordKind, Record<string, string>>

export type ImportField = { [Kind in RecordKind]: keyof (typeof fieldsOf)[Kind] }[RecordKind]
export type DeviceField = keyof typeof activationFields

/** Which column a field is read from. */
export type Columns = Partial<Record<ImportField, string>>

/** Which part of a date with slashes is which. */
export const dateOrders = ['day-first', 'month-first'] as const
export type DateOrder = (typeof dateOrders)[number]

/** What a device limit of 0 says in the old shop. */
export const zeroMeanings = ['unlimited', 'off'] as const
export type ZeroMeaning = (typeof zeroMeanings)[number]

/** What the status “inactive” says in the old shop. */
export const inactiveMeanings = ['granted', 'disabled'] as const
export type InactiveMeaning = (typeof inactiveMeanings)[number]

/** A limit as it will hold: the configuration's, none, no devices at all, or a number. */
export type Limit = 'configuration' | 'unlimited' | 'off' | number

/** What an export leaves empty means this. */
export type EmptyMeans = { activationLimit: Limit; usageLimit: Limit; expiresAt: 'never' | 'configuration' }

// ---------------------------------------------------------------- what each vendor says

/** The names a field's column may have, without case and punctuation; the first that is there counts. */
export type ColumnNames = Partial<Record<ImportField, readonly string[]>>

/** Columns that together give a file away, and where its fields stand. */
export type ExportShape = { signs: readonly (readonly string[])[]; columns: ColumnNames }

/** One vendor's export as data. */
export type VendorExport = {
  /** How people call it. */
  label: string
  shapes: Partial<Record<RecordKind, ExportShape>>
  /** JSON:API: the kind of a record by its type. */
  types?: Record<string, RecordKind>
  /** What the two words mean there that elsewhere mean the opposite. */
  answers?: { zeroDevices?: ZeroMeaning; inactive?: InactiveMeaning }
  empty?: Partial<EmptyMeans>
  skipsWithoutKey?: true
  /** A key stands once for each payment; elsewhere once for each device. */
  linePerPayment?: true
  /** Columns that sound like a status or an end and are neither. */
  harmless?: readonly string[]
}
