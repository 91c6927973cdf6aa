import '#server-only'
import { readEmail } from '../base/text.ts'
import type { Tx } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'

// Addresses that somebody had before: what was sent there, and the account they had with it, is theirs as well.

/** Mails that name an address in what they say, beside the one that they go to. */
export const NAMING = [
  ...['address-changed', 'keys-moved', 'key-offered', 'offer-sent', 'address-move', 'address-moved'],
  ...['address-link', 'account-news'],
]

/** The addresses that a customer had before this one, as far as history and mails know them; none that is somebody's today. */
export async function formerAddresses(
  tx: Tx,
  { organizationId, customerId, email }: { organizationId: string; customerId: string; email: string },
): Promise<string[]> {
  const found = new Set<string>()
  const add = (text: string | null | undefined) => {
    const address = text ? readEmail(text) : null
    if (address && address !== email) found.add(address)
  }
  const events = await tx.$queryRaw<{ type: string; data: { email?: string; from?: string; changes?: string[] } }[]>`
    SELECT type, data FROM events WHERE organization_id = ${organizationId}::uuid AND customer_id = ${customerId}::uuid
      AND type IN ('customer.created', 'customer.updated', 'customer.merged')`
  for (const { type, data } of events) {
    add(data.email)
    if (type === 'customer.merged') add(data.from)
    // "Address: old → new", as lib/customers/rules.ts and move-address.ts say it.
    for (const change of data.changes ?? [])
      for (const address of /^[^:]*: (\S+) → (\S+)$/.exec(change)?.slice(1) ?? []) add(address)
  }
  const moves = await tx.addressMove.findMany({
    where: { to: email, doneAt: { not: null } },
    select: { from: true },
  })
  for (const { from } of moves) add(from)
  const mails = await tx.mail.findMany({
    where: { to: email, template: 'address-moved' },
    select: { template: true, payload: true },
  })
  for (const mail of mails) {
    const contents = openContents(mail)
    if (contents.template === 'address-moved' && contents.payload.to === email) add(contents.payload.from)
  }
  return onlyNobodys(tx, [...found])
}

/** Somebody else may have one of them by now, or they bought with it again. */
async function onlyNobodys(tx: Tx, addresses: string[]): Promise<string[]> {
  const taken = new Set(
    [
      ...(await tx.customer.findMany({ where: { email: { in: addresses } }, select: { email: true } })),
      ...(await tx.user.findMany({
        where: { email: { in: addresses }, memberships: { some: {} } },
        select: { email: true },
      })),
    ].map(({ email }) => email),
  )
  return addresses.filter((address) => !taken.has(address))
}
