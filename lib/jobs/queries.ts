import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { Merchant, System } from '../base/actor.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { sweeps } from '../database/queue.ts'
import { type MailTemplate, templateNames } from '../mail/plain.ts'
import { storeLabels } from '../store-facts/schema.ts'
import { UNREADABLE } from '../stores/plain.ts'
import { type FailedWork, PLACES_SHOWN, type WaitingPlace, type WorkCount, type WorkKind } from './plain.ts'

// How the background work stands: of one organization for its owners, of all for whoever watches over the installation.

type Counts = Record<WorkKind, WorkCount>

/** `only` narrows to one organization; null is all of them. */
async function countWork(only: string | null): Promise<Counts> {
  const of = (column: Prisma.Sql) => (only ? Prisma.sql`AND ${column} = ${only}::uuid` : Prisma.empty)
  const one = async (query: Prisma.Sql): Promise<WorkCount> => {
    const [row] = await prisma.$queryRaw<WorkCount[]>(query)
    return row ?? { waiting: 0, running: 0, failed: 0, oldestAt: null, lastDoneAt: null }
  }
  const [deliveries, webhooks, mails, imports, bulkChanges, reconciliations, archives, active] = await Promise.all([
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE d.state = 'new')::int AS waiting, 0 AS running,
      count(*) FILTER (WHERE d.state = 'failed')::int AS failed,
      min(d.received_at) FILTER (WHERE d.state = 'new') AS "oldestAt",
      (SELECT max(last.at) FROM store_connections k CROSS JOIN LATERAL (
        SELECT l.handled_at AS at FROM store_deliveries l
        WHERE l.connection_id = k.id AND l.handled_at IS NOT NULL ORDER BY l.received_at DESC LIMIT 1) AS last
        WHERE true ${of(Prisma.sql`k.organization_id`)}) AS "lastDoneAt"
      FROM store_deliveries d JOIN store_connections c ON c.id = d.connection_id
      WHERE d.state IN ('new', 'failed') ${of(Prisma.sql`c.organization_id`)}`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE state = 'waiting' AND lease IS NULL)::int AS waiting,
      count(*) FILTER (WHERE state = 'waiting' AND lease IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE state = 'failed')::int AS failed,
      min(created_at) FILTER (WHERE state = 'waiting') AS "oldestAt",
      (SELECT max(last_sent_at) FROM webhook_endpoints WHERE true ${of(Prisma.sql`organization_id`)}) AS "lastDoneAt"
      -- Each half by its own index: most messages are sent.
      FROM (SELECT state, lease, created_at FROM webhook_messages
          WHERE state = 'waiting' ${of(Prisma.sql`organization_id`)}
        UNION ALL SELECT state, lease, created_at FROM webhook_messages
          WHERE state = 'failed' ${of(Prisma.sql`organization_id`)}) AS m`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE status = 'waiting')::int AS waiting, 0 AS running,
      count(*) FILTER (WHERE status = 'failed')::int AS failed,
      min(created_at) FILTER (WHERE status = 'waiting') AS "oldestAt",
      (SELECT s.sent_at FROM mails s WHERE s.status = 'sent' ${of(Prisma.sql`s.organization_id`)}
        ORDER BY s.created_at DESC LIMIT 1) AS "lastDoneAt"
      FROM mails WHERE status IN ('waiting', 'failed') ${of(Prisma.sql`organization_id`)}`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE status IN ('checking', 'running') AND runner IS NULL)::int AS waiting,
      count(*) FILTER (WHERE status IN ('checking', 'running') AND runner IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE status = 'failed')::int AS failed,
      min(started_at) FILTER (WHERE status IN ('checking', 'running') AND runner IS NULL) AS "oldestAt",
      max(finished_at) FILTER (WHERE status = 'done') AS "lastDoneAt"
      FROM imports WHERE true ${of(Prisma.sql`organization_id`)}`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE status IN ('running', 'undoing') AND runner IS NULL)::int AS waiting,
      count(*) FILTER (WHERE status IN ('running', 'undoing') AND runner IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE status = 'failed')::int AS failed,
      min(created_at) FILTER (WHERE status IN ('running', 'undoing') AND runner IS NULL) AS "oldestAt",
      max(finished_at) FILTER (WHERE status IN ('done', 'stopped', 'undone')) AS "lastDoneAt"
      FROM bulk_changes WHERE true ${of(Prisma.sql`organization_id`)}`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE r.state = 'waiting')::int AS waiting,
      count(*) FILTER (WHERE r.state = 'running')::int AS running,
      -- The last word of each connection: what failed and went well since is no trouble any more.
      count(*) FILTER (WHERE r.state = 'failed' AND r.is_last)::int AS failed,
      min(r.created_at) FILTER (WHERE r.state = 'waiting') AS "oldestAt",
      max(r.ended_at) FILTER (WHERE r.state = 'done') AS "lastDoneAt"
      FROM (SELECT r.*, row_number() OVER (PARTITION BY r.connection_id ORDER BY r.id DESC) = 1 AS is_last
        FROM store_reconciliations r JOIN store_connections c ON c.id = r.connection_id
        WHERE true ${of(Prisma.sql`c.organization_id`)}) AS r`),
    one(Prisma.sql`SELECT
      count(*) FILTER (WHERE status IN ('waiting', 'running') AND runner IS NULL)::int AS waiting,
      count(*) FILTER (WHERE status IN ('waiting', 'running') AND runner IS NOT NULL)::int AS running,
      count(*) FILTER (WHERE status = 'failed')::int AS failed,
      min(created_at) FILTER (WHERE status IN ('waiting', 'running') AND runner IS NULL) AS "oldestAt",
      max(finished_at) FILTER (WHERE status = 'ready') AS "lastDoneAt"
      FROM archives WHERE true ${of(Prisma.sql`organization_id`)}`),
    activeJobs(only),
  ])
  const withRunning = (count: WorkCount, running: number): WorkCount => ({
    ...count,
    ...{ running, waiting: Math.max(0, count.waiting - running) },
  })
  return {
    store_deliveries: withRunning(deliveries, active.deliveries),
    webhooks,
    mails: withRunning(mails, active.mails),
    ...{ imports, reconciliations, archives },
    bulk_changes: bulkChanges,
  }
}

/** What the queue is working on at the moment: few, whatever waits. */
async function activeJobs(only: string | null): Promise<{ deliveries: number; mails: number }> {
  const rows = await jobRows<{ name: string; id: string | null }>(
    Prisma.sql`SELECT name, COALESCE(data->>'deliveryId', data->>'mailId') AS id FROM pgboss.job
      WHERE state = 'active' AND name IN ('store.handle', 'mail.deliver')`,
  )
  const idsOf = (name: string) => rows.flatMap((row) => (row.name === name && row.id ? [row.id] : []))
  const [deliveryIds, mailIds] = [idsOf('store.handle'), idsOf('mail.deliver')]
  const own = only ? { organizationId: only } : {}
  const [deliveries, mails] = await Promise.all([
    deliveryIds.length &&
      prisma.storeDelivery.count({ where: { id: { in: deliveryIds }, state: 'new', connection: own } }),
    mailIds.length && prisma.mail.count({ where: { id: { in: mailIds }, status: 'waiting', ...own } }),
  ])
  return { deliveries, mails }
}

/** Rows of the queue; none where there is no queue yet. */
async function jobRows<Row>(query: Prisma.Sql): Promise<Row[]> {
  const [there] = await prisma.$queryRaw<{ is: boolean }[]>`SELECT to_regclass('pgboss.job') IS NOT NULL AS is`
  return there?.is ? prisma.$queryRaw<Row[]>(query) : []
}

/** How the background work of the organization stands, by kind. */
export async function workOf(merchant: Merchant): Promise<Counts> {
  assertMay(merchant, 'work.read')
  return countWork(merchant.organizationId)
}

/** Where what waits does so: the connections and endpoints with the most of it. */
export async function waitingPlaces(
  merchant: Merchant,
): Promise<Record<'store_deliveries' | 'webhooks' | 'reconciliations', WaitingPlace[]>> {
  assertMay(merchant, 'work.read')
  const { organizationId } = merchant
  const [deliveries, webhooks, reconciliations] = await Promise.all([
    prisma.$queryRaw<WaitingPlace[]>`SELECT c.id, c.name, count(*)::int AS count
      FROM store_deliveries d JOIN store_connections c ON c.id = d.connection_id
      WHERE d.state = 'new' AND c.organization_id = ${organizationId}::uuid
      GROUP BY c.id ORDER BY count DESC, c.id LIMIT ${PLACES_SHOWN}`,
    prisma.$queryRaw<
      WaitingPlace[]
    >`SELECT e.id, COALESCE(NULLIF(e.description, ''), e.url) AS name, count(*)::int AS count
      FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id
      WHERE m.state = 'waiting' AND m.organization_id = ${organizationId}::uuid
      GROUP BY e.id ORDER BY count DESC, e.id LIMIT ${PLACES_SHOWN}`,
    prisma.$queryRaw<WaitingPlace[]>`SELECT c.id, c.name, count(*)::int AS count
      FROM store_reconciliations r JOIN store_connections c ON c.id = r.connection_id
      WHERE r.state IN ('waiting', 'running') AND c.organization_id = ${organizationId}::uuid
      GROUP BY c.id ORDER BY count DESC, c.id LIMIT ${PLACES_SHOWN}`,
  ])
  return { store_deliveries: deliveries, webhooks, reconciliations }
}

/** The same of the whole installation. */
export const workOfAll = (_system: System): Promise<Counts> => countWork(null)

/** So many that failed are shown of each kind. */
const FAILED_SHOWN = 20

/** What failed in the organization, by kind, the last ones first. */
export async function failedWork(merchant: Merchant): Promise<Record<WorkKind, FailedWork[]>> {
  assertMay(merchant, 'work.read')
  const { organizationId } = merchant
  const take = FAILED_SHOWN
  const [deliveries, webhooks, mails, imports, bulkChanges, reconciliations, archives] = await Promise.all([
    prisma.storeDelivery.findMany({
      where: { state: 'failed', connection: { organizationId } },
      select: {
        ...{ id: true, type: true, outcome: true, receivedAt: true },
        connection: { select: { id: true, name: true } },
      },
      orderBy: { receivedAt: 'desc' },
      take,
    }),
    prisma.$queryRaw<
      { id: string; type: string; url: string; reason: string | null; status: number | null; at: Date }[]
    >`
      SELECT m.id, m.type, e.url, m.last_error AS reason, m.last_status AS status, COALESCE(m.settled_at, m.created_at) AS at
      FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id
      WHERE m.organization_id = ${organizationId}::uuid AND m.state = 'failed'
      ORDER BY m.created_at DESC LIMIT ${take}`,
    prisma.mail.findMany({
      where: { organizationId, status: 'failed' },
      select: { id: true, template: true, to: true, lastError: true, createdAt: true },
      orderBy: { createdAt: 'desc' },
      take,
    }),
    prisma.import.findMany({
      where: { organizationId, status: 'failed' },
      select: { id: true, files: true, failure: true, createdAt: true, finishedAt: true },
      orderBy: { createdAt: 'desc' },
      take,
    }),
    prisma.bulkChange.findMany({
      where: { organizationId, status: 'failed' },
      select: { id: true, total: true, actorLabel: true, failure: true, createdAt: true, finishedAt: true },
      orderBy: { createdAt: 'desc' },
      take,
    }),
    prisma.$queryRaw<
      { id: string; store: string; connection: string; name: string; problem: string | null; at: Date }[]
    >`
      SELECT * FROM (SELECT DISTINCT ON (c.id) r.id, c.id AS connection, c.store, c.name, r.state, r.problem,
          COALESCE(r.ended_at, r.created_at) AS at
        FROM store_reconciliations r JOIN store_connections c ON c.id = r.connection_id
        WHERE c.organization_id = ${organizationId}::uuid ORDER BY c.id, r.id DESC) AS last
      WHERE state = 'failed' ORDER BY at DESC LIMIT ${take}`,
    prisma.archive.findMany({
      where: { organizationId, status: 'failed' },
      select: { id: true, askedByLabel: true, failure: true, createdAt: true, finishedAt: true },
      orderBy: { createdAt: 'desc' },
      take,
    }),
  ])
  return {
    store_deliveries: deliveries.map(({ id, type, outcome, receivedAt, connection }) => ({
      ...{
        id,
        what: type === UNREADABLE ? `From ${connection.name}, not readable` : `${type} from ${connection.name}`,
        reason: outcome.join(' '),
        at: receivedAt,
      },
      of: { store: connection.id, delivery: id },
    })),
    webhooks: webhooks.map(({ id, type, url, reason, status, at }) => ({
      ...{ id, what: `${type} to ${url}`, at, of: {} },
      reason: reason ?? (status ? `The endpoint answered ${status}.` : 'No answer.'),
    })),
    mails: mails.map(({ id, template, to, lastError, createdAt }) => ({
      ...{ id, what: `${templateNames[template as MailTemplate] ?? template} to ${to}` },
      ...{ reason: lastError ?? '', at: createdAt, of: {} },
    })),
    imports: imports.map(({ id, files, failure, createdAt, finishedAt }) => ({
      ...{ id, what: namesOf(files), reason: failure ?? '', at: finishedAt ?? createdAt, of: { import: id } },
    })),
    bulk_changes: bulkChanges.map(({ id, total, actorLabel, failure, createdAt, finishedAt }) => ({
      ...{ id, reason: failure ?? '', at: finishedAt ?? createdAt, of: { bulkChange: id } },
      what: `${total.toLocaleString('en')} ${total === 1 ? 'key' : 'keys'}, asked for by ${actorLabel}`,
    })),
    archives: archives.map(({ id, askedByLabel, failure, createdAt, finishedAt }) => ({
      ...{ id, what: `Asked for by ${askedByLabel}`, reason: failure ?? '' },
      ...{ at: finishedAt ?? createdAt, of: { isArchive: true } },
    })),
    reconciliations: reconciliations.map(({ id, store, connection, name, problem, at }) => ({
      ...{ id, reason: problem ?? '', at, of: { store: connection } },
      what: name === labelOf(store) ? name : `${name} (${labelOf(store)})`,
    })),
  }
}

const labelOf = (store: string): string => storeLabels[store as keyof typeof storeLabels] ?? store

const namesOf = (files: unknown): string =>
  (files as { name?: string }[]).flatMap(({ name }) => name ?? []).join(', ') || 'An import'

/** Work of the whole installation that repeats by itself: when it was last done, and what went wrong last. */
export type SharedWork = {
  sweeps: { lastDoneAt: Date | null; failed: number; problem: string | null }
  secretRotation: { isRunning: boolean; since: Date | null }
}

/** How the work stands that all organizations share. Nothing of theirs is in it. */
export async function sharedWork(): Promise<SharedWork> {
  const [jobs, versions] = await Promise.all([
    jobRows<{ doneAt: Date | null; failed: number; problem: string | null }>(
      Prisma.sql`SELECT max(completed_on) FILTER (WHERE state = 'completed') AS "doneAt",
          count(*) FILTER (WHERE state = 'failed')::int AS failed,
          (array_agg(output->>'message' ORDER BY completed_on DESC) FILTER (WHERE state = 'failed'))[1] AS problem
        FROM pgboss.job WHERE name = ANY(${[...sweeps]})`,
    ),
    prisma.secretVersion.findMany({ select: { state: true, createdAt: true }, orderBy: { version: 'asc' } }),
  ])
  const [done] = jobs
  const isRunning = versions.length > 1
  return {
    sweeps: { lastDoneAt: done?.doneAt ?? null, failed: done?.failed ?? 0, problem: done?.problem ?? null },
    secretRotation: { isRunning, since: isRunning ? (versions.at(-1)?.createdAt ?? null) : null },
  }
}
