import '#server-only'
import { tellOfAccount } from '../auth/news.ts'
import type { Member } from '../base/actor.ts'
import type { Tx } from '../database/client.ts'
import type { AccountNews } from '../mail/plain.ts'

/** Tells every owner by mail, or all but `except`, in the transaction that makes it true. `about` is what the news is about. */
export async function tellOwners(
  tx: Tx,
  { organizationId, except }: { organizationId: string; except?: string },
  news: AccountNews,
  about: string,
  now: Date,
  from: Member['from'] | null,
): Promise<void> {
  const owners = await tx.membership.findMany({
    where: { organizationId, role: 'owner', ...(except && { userId: { not: except } }) },
    select: { user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
  })
  const visitor = from ? ({ kind: 'visitor', ...from } as const) : null
  for (const { user } of owners) await tellOfAccount(tx, user.email, news, { visitor, now, about })
}
