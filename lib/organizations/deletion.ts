import '#server-only'
import type { Member, Merchant, System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { tellOwners } from './owners.ts'
import { DELETION_DAYS } from './plain.ts'

// An organization goes as a whole, after days in which any owner can stop it. Until then everything works.

function assertPerson(merchant: Merchant): asserts merchant is Member {
  assertMay(merchant, 'security.write')
  if (merchant.kind !== 'merchant')
    throw new Refusal('FORBIDDEN', 'An organization is deleted by its owners, in the dashboard.')
}

async function lockOrganization(tx: Tx, organizationId: string) {
  const [row] = await tx.$queryRaw<{ name: string; dueAt: Date | null }[]>`
    SELECT name, deletion_due_at AS "dueAt" FROM organizations WHERE id = ${organizationId}::uuid FOR UPDATE`
  if (!row) throw new Refusal('NOT_FOUND', 'There is no such organization.')
  return row
}

/** Asks for the end of an organization by typing its name. It comes after fourteen days; every owner is told by mail. */
export async function askDeletion(merchant: Merchant, { name }: { name: string }, now: Date): Promise<{ dueAt: Date }> {
  assertPerson(merchant)
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const before = await lockOrganization(tx, organizationId)
    if (name.trim() !== before.name)
      throw new Refusal('INVALID_INPUT', 'This is not the name of the organization.', 'name')
    if (before.dueAt) return { dueAt: before.dueAt }
    const dueAt = new Date(now.getTime() + DELETION_DAYS * DAY_MS)
    await tx.organization.update({ where: { id: organizationId }, data: { deletionDueAt: dueAt } })
    const data = { dueAt: dueAt.toISOString() }
    await record(tx, merchant, now, { type: 'organization.deletion_asked', organizationId, data })
    const about = `${before.name} on ${dayOf(dueAt)}`
    await tellOwners(tx, { organizationId }, 'organization-deletion-asked', about, now, merchant.from ?? null)
    return { dueAt }
  })
}

const dayOf = (date: Date): string =>
  date.toLocaleDateString('en', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

/** Keeps an organization that was to be deleted. */
export async function stopDeletion(merchant: Merchant, now: Date): Promise<void> {
  assertPerson(merchant)
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const { name, dueAt } = await lockOrganization(tx, organizationId)
    if (!dueAt) return
    if (dueAt <= now) throw new Refusal('CONFLICT', 'Its day has come: it is being deleted.')
    await tx.organization.update({ where: { id: organizationId }, data: { deletionDueAt: null } })
    await record(tx, merchant, now, { type: 'organization.deletion_stopped', organizationId, data: {} })
    await tellOwners(tx, { organizationId }, 'organization-deletion-stopped', name, now, merchant.from ?? null)
  })
}

/** Deletes every organization whose day has come. A process that is cut off leaves the rest to the next sweep. */
export async function deleteDueOrganizations(_system: System, now: Date): Promise<number> {
  const due = await prisma.organization.findMany({ where: { deletionDueAt: { lte: now } }, select: { id: true } })
  let deleted = 0
  for (const { id } of due) if (await deleteOrganization(id, now)) deleted++
  return deleted
}

const CHUNK = 2_000

/**
 * Tables with a column organization_id, in the order in which they go: first what refers to others without going with them, then the rest
 * as it comes. Read from the database, so that no table is forgotten.
 */
async function tablesOf(): Promise<string[]> {
  const first = ['license_keys', 'purchases', 'products', 'key_configurations', 'customers']
  const rows = await prisma.$queryRaw<{ table: string }[]>`
    SELECT c.table_name AS "table" FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'organization_id'
    ORDER BY 1`
  const names = rows.map(({ table }) => table).filter((table) => !/[^a-z_]/.test(table))
  return [...first, ...names.filter((table) => !first.includes(table) && table !== 'memberships')]
}

async function deleteOrganization(organizationId: string, now: Date): Promise<boolean> {
  const isStillDue = async (tx: Tx) => (await lockOrganization(tx, organizationId)).dueAt
  // From here on nobody can stop it: half of it must not come back.
  const name = await prisma.$transaction(async (tx) => {
    const dueAt = await isStillDue(tx).catch(() => null)
    if (!dueAt || dueAt > now) return null
    const { name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } })
    return name
  })
  if (name === null) return false
  await deleteAll('validation_days', OF_KEYS, organizationId)
  await deleteAll('users', OF_NOBODY_ELSE, organizationId)
  for (const table of await tablesOf()) await deleteAll(table, 'organization_id = $1::uuid', organizationId)
  await prisma.$transaction(async (tx) => {
    await tellOwners(tx, { organizationId }, 'organization-deleted', name, now, null)
    const members = await tx.membership.findMany({ where: { organizationId }, select: { userId: true } })
    await tx.organization.delete({ where: { id: organizationId } })
    // Triggers that count keys and devices wrote rows of their own meanwhile.
    await tx.$executeRaw`DELETE FROM key_counts WHERE organization_id = ${organizationId}::uuid`
    await tx.$executeRaw`DELETE FROM device_counts WHERE organization_id = ${organizationId}::uuid`
    for (const { userId } of members) await forgetIfNobodys(tx, userId)
  })
  log.info({ organizationId }, 'an organization was deleted')
  return true
}

const OF_KEYS = 'license_key_id IN (SELECT id FROM license_keys WHERE organization_id = $1::uuid)'

// Accounts of customers who are nobody else's.
const OF_NOBODY_ELSE = `email IN (SELECT email FROM customers WHERE organization_id = $1::uuid)
  AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM customers o WHERE o.email = t.email AND o.organization_id <> $1::uuid)`

/** Deletes what is the organization's of a table `t`, some at a time: a statement may last a minute. */
async function deleteAll(table: string, isTheirs: string, organizationId: string): Promise<void> {
  const sql = `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM ${table} t WHERE ${isTheirs} LIMIT ${CHUNK}))`
  for (let gone = CHUNK; gone > 0; ) gone = await prisma.$executeRawUnsafe(sql, organizationId)
}

async function forgetIfNobodys(tx: Tx, userId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM users u WHERE u.id = ${userId}::uuid
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id)
    AND NOT EXISTS (SELECT 1 FROM customers o WHERE o.email = u.email)`
}
