import '#server-only'
import type { Visitor } from '../base/actor.ts'
import type { Tx } from '../database/client.ts'
import { queueMail } from '../mail/commands.ts'
import type { AccountNews } from '../mail/plain.ts'

/** Tells people by mail what was done to their account, in the transaction that does it. `visitor` null: on the console. */
export async function tellOfAccount(
  tx: Tx,
  to: string,
  news: AccountNews,
  { visitor, now, about = null }: { visitor: Visitor | null; now: Date; about?: string | null },
): Promise<void> {
  const { address = null, device = null } = visitor ?? {}
  await queueMail(tx, now, {
    template: 'account-news',
    to,
    payload: { news, at: now.toISOString(), device, address, about },
  })
}
