import '#server-only'
import { z } from 'zod'
import { ReconciliationState } from '#prisma/enums.ts'
import { startReconciliation } from '../stores/reconcile.ts'
import {
  getReconciliationRecord,
  listReconciliationRecords,
  type ReconciliationRecord,
  type ReconciliationRecordSort,
} from '../stores/records.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Count, Id, Moment, several, shown, Time, time, timeOrNull } from './wire.ts'

const Reconciliation = shown(
  'StoreReconciliation',
  'A reading of what a store’s API lists, and what that mended here.',
  z.object({
    id: Id,
    store_id: Id,
    state: z.enum(ReconciliationState),
    asked_by: z.string().nullable().describe('null: it was due.'),
    since: Time,
    read: Count.describe('Orders and subscriptions that the store listed so far.'),
    unchanged: Count,
    mended: Count,
    waiting: Count.describe('Those that wait for something here, such as a product.'),
    report: z
      .array(z.object({ purchase_id: Id, reference: z.string(), changes: z.array(z.string()) }))
      .describe('The first 200 that were mended, and what changed.'),
    problem: z.string().nullable().describe('Why it broke off. What was mended stays mended.'),
    created_at: Time,
    ended_at: Time.nullable(),
  }),
)

const showReconciliation = (each: ReconciliationRecord): z.input<typeof Reconciliation> => ({
  id: each.id,
  store_id: each.connectionId,
  state: each.state,
  asked_by: each.askedBy,
  since: time(each.since),
  read: each.read,
  unchanged: each.unchanged,
  mended: each.mended,
  waiting: each.waiting,
  report: each.report.map(({ purchaseId, reference, outcome }) => ({
    purchase_id: purchaseId,
    reference,
    changes: outcome,
  })),
  problem: each.problem,
  created_at: time(each.createdAt),
  ended_at: timeOrNull(each.endedAt),
})

const Reconcile = asked(
  'ReconcileStore',
  z.strictObject({ since: Moment.optional().describe('Left out: a day before the last time it was read.') }),
)

/** Without what is left out. */
const reconciliationSorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (each) => each.createdAt },
} satisfies Sorts<ReconciliationRecord, ReconciliationRecordSort>

const tag = 'Stores'
const read = { tag, permissions: ['stores.read'], status: 200 } as const
const write = { tag, permissions: ['stores.write'], status: 200 } as const

/** What is read from stores' APIs. */
export const storeReconciliationEndpoints = [
  endpoint({
    ...write,
    operation: 'reconcileStore',
    method: 'POST',
    path: '/stores/{id}/reconcile',
    summary: 'Read orders from a store',
    description:
      'In the background: everything it sold since then is read from its API, and what is missing or different here is mended. Nobody gets a second key. Takes API access.',
    body: Reconcile,
    example: { since: '2026-11-01T00:00:00Z' },
    status: 201,
    answer: Reconciliation,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const started = await startReconciliation(client, { connectionId: id, since: body.since ?? null }, now)
      return showReconciliation(await getReconciliationRecord(client, started.reconciliationId))
    },
  }),
  endpoint({
    ...read,
    operation: 'listStoreReconciliations',
    method: 'GET',
    path: '/store-reconciliations',
    summary: 'List readings of stores',
    description: 'The last ones of each store.',
    query: listQuery(reconciliationSorts, { store_id: several(Id) }),
    answer: pageOf('StoreReconciliationPage', Reconciliation),
    run: (client, { query }) =>
      readPage(
        query,
        reconciliationSorts,
        (keyset) => listReconciliationRecords(client, { connectionIds: query.store_id }, keyset),
        showReconciliation,
      ),
  }),
  endpoint({
    ...read,
    operation: 'getStoreReconciliation',
    method: 'GET',
    path: '/store-reconciliations/{id}',
    summary: 'Get a reading of a store',
    answer: Reconciliation,
    run: async (client, { id }) => showReconciliation(await getReconciliationRecord(client, id)),
  }),
]
