import type { DeliveryState } from '#prisma/enums.ts'

/** What can have become of a delivery, in the order people filter by. */
export const deliveryStates = ['failed', 'waiting', 'new', 'done', 'ignored'] as const satisfies DeliveryState[]

/** What an event is called that could not be read. */
export const UNREADABLE = 'unreadable'

/** An event as people read its name: the store's own, if it has one. */
export const eventName = (type: string): string => (type === UNREADABLE ? 'Not readable' : type)

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off' }

/** A state is a word and a colour, everywhere the same. */
export const deliveryLook = {
  new: { label: 'Being handled', tone: 'warn' },
  done: { label: 'Done', tone: 'ok' },
  waiting: { label: 'Waiting', tone: 'warn' },
  ignored: { label: 'Ignored', tone: 'off' },
  failed: { label: 'Failed', tone: 'bad' },
} as const satisfies Record<DeliveryState, Look>

/** A purchase that reading a store's API mended, and what changed about it. */
export type MendedPurchase = { purchaseId: string; reference: string; outcome: string[] }

/** So many of them are named in a report; all are counted. */
export const MENDED_SHOWN = 200
