import '#server-only'
import type { Transaction } from '../database/transaction.ts'
import type { NewEvent } from './commands.ts'
import { listenForPages } from './live-listener.ts'
import { listenForMail } from './mail-listener.ts'
import { listenForWebhooks } from './webhook-listener.ts'

/** A fact as it was written: with its id, when, and by whom. */
export type WrittenEvent = NewEvent & {
  id: string
  at: Date
  actorKind: string
  actorId: string | null
  actorLabel: string
}

/**
 * What follows from facts. It is told of each once, in the order they were written and in the transaction that wrote them: what it writes
 * there stays exactly when the fact does, and when it fails nothing has happened. Facts of many organizations may come together, and
 * license calls wait for it: it asks one statement for all of them, or none.
 */
export type Listener = (tx: Transaction, events: readonly WrittenEvent[]) => Promise<void>

/** Everything that hangs on facts. A new listener is a file beside this one and a line here. */
export const listeners: Listener[] = [listenForMail, listenForWebhooks, listenForPages]

/** Tells every listener what was just written. */
export async function tellListeners(tx: Transaction, events: readonly WrittenEvent[]): Promise<void> {
  if (events.length === 0) return
  for (const listener of listeners) await listener(tx, events)
}
