import type { BulkOutcome, BulkStatus } from '#prisma/enums.ts'
import type { KeyValues } from './values.ts'

/** From where a change was asked for. What is done to one key at its page can be taken back the same way, and is not listed. */
const bulkOrigins = ['list', 'key', 'configuration', 'api'] as const
export type BulkOrigin = (typeof bulkOrigins)[number]

/** What can be done to many keys. */
const bulkActionNames = ['disable', 'enable', 'revoke', 'restore', 'extend', 'limits', 'move', 'tag', 'resend'] as const
export type BulkActionName = (typeof bulkActionNames)[number]

/** For so long a change can be taken back; then what the keys were before is forgotten. */
export const UNDO_DAYS = 30

/** Up to so many keys are changed while somebody waits for the answer; more in the background. */
export const AT_ONCE = 500

/** The most keys of one change. */
export const BULK_MAX = 250_000

/** Devices of a key that a change deactivated, by id: since when they are; null: active. */
export type DeviceValues = { [activationId: string]: string | null }

/** What is kept of a key before or after a change: only what differs. */
export type Kept = Partial<KeyValues> & { devices?: DeviceValues }

/** How many keys came to what. */
export type BulkCounts = Record<Exclude<BulkOutcome, 'waiting'>, number>

export const noCounts: BulkCounts = { changed: 0, unchanged: 0, refused: 0, undone: 0, left: 0 }

/** What is done, for titles: before, while and after. */
export const actionWords = {
  disable: { verb: 'Disable', doing: 'Disabling', done: 'disabled' },
  enable: { verb: 'Enable', doing: 'Enabling', done: 'enabled' },
  revoke: { verb: 'Revoke', doing: 'Revoking', done: 'revoked' },
  restore: { verb: 'Restore', doing: 'Restoring', done: 'restored' },
  extend: { verb: 'Change end of', doing: 'Changing the end of', done: 'given another end' },
  limits: { verb: 'Change limits of', doing: 'Changing the limits of', done: 'given other limits' },
  move: { verb: 'Move', doing: 'Moving', done: 'moved' },
  tag: { verb: 'Tag', doing: 'Tagging', done: 'tagged' },
  resend: { verb: 'Mail', doing: 'Mailing', done: 'mailed' },
} as const satisfies Record<BulkActionName, { verb: string; doing: string; done: string }>

type Tone = 'ok' | 'warn' | 'bad' | 'off' | 'accent'

/** How far a change is, as a word and a color. */
export const bulkStatusLook = {
  running: { label: 'Running', tone: 'accent' },
  done: { label: 'Done', tone: 'ok' },
  stopped: { label: 'Stopped', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
  undoing: { label: 'Being undone', tone: 'accent' },
  undone: { label: 'Undone', tone: 'off' },
} as const satisfies Record<BulkStatus, { label: string; tone: Tone }>

/** What a key came to, as a word and a color. */
export const outcomeLook = {
  waiting: { label: 'Not reached', tone: 'off' },
  changed: { label: 'Changed', tone: 'ok' },
  unchanged: { label: 'Already so', tone: 'off' },
  refused: { label: 'Refused', tone: 'bad' },
  undone: { label: 'Undone', tone: 'warn' },
  left: { label: 'Left alone', tone: 'warn' },
} as const satisfies Record<BulkOutcome, { label: string; tone: Tone }>

export const outcomes = Object.keys(outcomeLook) as BulkOutcome[]

/** True while a process is at work on it. */
export const isAtWork = (status: BulkStatus): boolean => status === 'running' || status === 'undoing'
