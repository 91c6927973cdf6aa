import '#server-only'
import type { System } from '../base/actor.ts'
import { log } from '../base/log.ts'
import { readEmail } from '../base/text.ts'
import { isUniqueViolation, pool, prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { customerChanges } from './rules.ts'

// Addresses that were stored before there was one form for them (text/schema.ts): as `xn--…`, with letters taken apart. The database
// itself refuses capitals.

const BATCH = 500
const FIRST = '00000000-0000-0000-0000-000000000000'
type Table = 'customers' | 'users' | 'invitations'

/** What was done: addresses that have the one form now, and those that cannot, because another row of the same owner has it. */
export type Tidied = { changed: number; kept: number }

/**
 * Gives every stored address the form that sign-in asks for. May run twice, and at once in several processes. Where another row has that form
 * already, both stay as they are and work: a customer's keys are found by either spelling (`spellingsOf`), a member belongs to what
 * either account belonged to.
 */
export async function tidyAddresses(system: System, now: Date): Promise<Tidied> {
  const done: Tidied = { changed: 0, kept: 0 }
  for (const table of ['users', 'invitations', 'customers'] as const)
    for await (const { id, from, to } of untidy(table)) {
      const isChanged = await change(system, table, { id, from, to }, now)
      done[isChanged ? 'changed' : 'kept']++
      if (!isChanged) log.warn({ table, id }, 'an address stays as it was written: another row has its usual form')
    }
  if (done.changed > 0) log.info(done, 'addresses were given their usual form')
  return done
}

type Untidy = { id: string; from: string; to: string }

async function* untidy(table: Table): AsyncGenerator<Untidy> {
  for (let after = FIRST; ; ) {
    const { rows } = await pool.query<{ id: string; email: string }>(
      `SELECT id, email FROM ${table} WHERE id > $1 AND email ~ '[^ -@[-~]|xn--' ORDER BY id LIMIT $2`,
      [after, BATCH],
    )
    const last = rows.at(-1)
    if (!last) return
    after = last.id
    for (const { id, email } of rows) {
      const to = readEmail(email)
      if (to !== null && to !== email) yield { id, from: email, to }
    }
  }
}

/** False when another row has the address. */
async function change(system: System, table: Table, { id, from, to }: Untidy, now: Date): Promise<boolean> {
  try {
    await prisma.$transaction(async (tx) => {
      if (table === 'users') await tx.user.updateMany({ where: { id, email: from }, data: { email: to } })
      if (table === 'invitations') await tx.invitation.updateMany({ where: { id, email: from }, data: { email: to } })
      if (table !== 'customers') return
      const [row] = await tx.customer.updateManyAndReturn({
        where: { id, email: from },
        data: { email: to, updatedAt: now },
      })
      if (!row) return
      const { organizationId, name, externalId } = row
      const changes = customerChanges({ email: from, name, externalId }, { email: to, name, externalId })
      const data = { email: to, changes }
      await record(tx, system, now, { type: 'customer.updated', organizationId, customerId: id, data })
    })
    return true
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
  }
  if (table === 'users') await joinMemberships(id, to)
  return false
}

/** Whoever signs in is the account with the usual form: what the other one belonged to, it belongs to as well. */
async function joinMemberships(id: string, email: string): Promise<void> {
  await prisma.$executeRaw`
    UPDATE memberships m SET user_id = u.id FROM users u
    WHERE u.email = ${email} AND m.user_id = ${id}::uuid
      AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.user_id = u.id AND o.organization_id = m.organization_id)`
}
