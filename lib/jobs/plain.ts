/** Kinds of background work of one organization, in the order people read them. */
export const workKinds = [
  'store_deliveries',
  'webhooks',
  'mails',
  'imports',
  'bulk_changes',
  'reconciliations',
  'archives',
] as const
export type WorkKind = (typeof workKinds)[number]

/** What people call each, and what it does. */
export const workWords = {
  store_deliveries: { label: 'Deliveries from stores', about: 'Sales and what becomes of them turn into keys' },
  webhooks: { label: 'Webhooks', about: 'Events go to your endpoints' },
  mails: { label: 'Mails', about: 'Keys and news go to customers, invitations to members' },
  imports: { label: 'Imports', about: 'Files with keys are checked and written' },
  bulk_changes: { label: 'Bulk changes', about: 'Many keys are changed, or changed back' },
  reconciliations: { label: 'Reading orders', about: 'Stores are asked for what they did not send' },
  archives: { label: 'Exports', about: 'Everything of the organization is written into one file' },
} as const satisfies Record<WorkKind, { label: string; about: string }>

/** Kinds of which what failed can be tried again here. */
export const retryable = ['store_deliveries', 'webhooks', 'mails', 'reconciliations'] as const satisfies WorkKind[]
export type Retryable = (typeof retryable)[number]

/** How one kind of work stands. */
export type WorkCount = {
  waiting: number
  running: number
  failed: number
  /** Since when the first of those that wait does. */
  oldestAt: Date | null
  lastDoneAt: Date | null
}

/** Something that failed, and where to look at it. */
export type FailedWork = {
  id: string
  what: string
  reason: string
  at: Date
  /** Ids of pages: of a connection and its delivery, of an import, of a bulk change. */
  of: { store?: string; delivery?: string; import?: string; bulkChange?: string; isArchive?: true }
}

/** Where work of one kind waits, and how much: an endpoint, a connection. */
export type WaitingPlace = { id: string; name: string; count: number }

/** So many places are named of each kind. */
export const PLACES_SHOWN = 3
