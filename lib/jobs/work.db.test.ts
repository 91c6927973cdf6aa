import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { seal } from '../secrets/secrets.ts'
import { connectStore, setStoreCredential } from '../stores/commands.ts'
import { createEndpoint, updateEndpoint } from '../webhook-endpoints/commands.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { retryWork } from './commands.ts'
import { type Retryable, workKinds } from './plain.ts'
import { failedWork, sharedWork, waitingPlaces, workOf, workOfAll } from './queries.ts'

const system = { kind: 'system', name: 'Test' } as const
const refusal = (code: string) => expect.objectContaining({ code })
const at = (minute: number) => new Date(Date.UTC(2026, 10, 29, 10, minute))

/** An organization with one of each that waits, and two of each that failed. */
async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const as = (role: Role): Member => ({
    ...{ kind: 'merchant', userId: newId(), email: 'm@x.example', name: 'Mara', organizationId, role },
  })
  const me = as('owner')
  const { connectionId } = await connectStore(me, { store: 'polar', mode: 'live', name: 'Polar EU' }, at(0))
  const content = seal('store', JSON.stringify({ headers: {}, body: '' }))
  const delivery = async (state: 'new' | 'failed' | 'done', minute: number) =>
    prisma.storeDelivery.create({
      data: {
        ...{ id: newId(), connectionId, key: newId(), type: 'order.paid', state, content, outcome: ['Not JSON.'] },
        ...{ dueAt: at(minute), receivedAt: at(minute), attempts: 1, ...(state === 'done' && { handledAt: at(9) }) },
      },
    })
  const order = CreateEndpoint.parse({ url: 'https://hooks.example.com/', types: [] })
  const { endpointId } = await createEndpoint(me, order, '2026-11-28', at(0))
  const message = (state: 'waiting' | 'failed', minute: number) =>
    prisma.webhookMessage.create({
      data: {
        ...{ id: newId(), organizationId, endpointId, type: 'customer.created', state, lastStatus: 500 },
        ...{ dueAt: at(minute), createdAt: at(minute), attempts: 3 },
      },
    })
  const mail = (status: 'waiting' | 'failed', minute: number, template = 'license-key') =>
    prisma.mail.create({
      data: {
        ...{ organizationId, template, to: 'lena@x.example', status, lastError: 'Mailbox full', attempts: 6 },
        ...{ dueAt: at(minute), createdAt: at(minute), payload: seal('mail-payload', '{}') },
      },
    })
  const rows = {
    delivery: [
      await delivery('new', 1),
      await delivery('failed', 2),
      await delivery('failed', 3),
      await delivery('done', 4),
    ],
    message: [await message('waiting', 1), await message('failed', 2), await message('failed', 3)],
    mail: [await mail('waiting', 1), await mail('failed', 2), await mail('failed', 3)],
  }
  const importOf = (status: 'checking' | 'failed') =>
    prisma.import.create({
      data: {
        ...{ organizationId, status, files: [{ name: 'keys.csv', size: 1 }], failure: 'It is no CSV.' },
        ...{ actorKind: 'merchant', actorLabel: 'Mara', createdAt: at(1), startedAt: at(1), finishedAt: at(2) },
      },
    })
  const imports = [await importOf('checking'), await importOf('failed')]
  const reading = await prisma.storeReconciliation.create({
    data: {
      ...{ id: newId(at(1)), connectionId, state: 'failed', since: at(0), problem: 'The store answered 500.' },
      ...{ createdAt: at(1), heardAt: at(1), endedAt: at(2) },
    },
  })
  const bulkChange = (status: 'running' | 'failed') =>
    prisma.bulkChange.create({
      data: {
        ...{ id: newId(at(1)), organizationId, origin: 'list', action: { action: 'disable' }, status, total: 2 },
        ...{ actorKind: 'merchant', actorLabel: 'Mara', failure: 'It was cut off.', createdAt: at(1) },
        ...(status === 'running' && { runner: newId() }),
      },
    })
  const bulkChanges = [await bulkChange('running'), await bulkChange('failed')]
  const archive = (status: 'waiting' | 'ready' | 'failed', minute: number) =>
    prisma.archive.create({
      data: {
        ...{ id: newId(at(minute)), organizationId, status, hasKeyStrings: true, askedBy: me.userId },
        ...{ askedByLabel: 'Mara', createdAt: at(minute), failure: status === 'failed' ? 'It was cut off.' : null },
        ...(status === 'ready' && { finishedAt: at(8) }),
      },
    })
  const archives = [await archive('ready', 1), await archive('failed', 2), await archive('waiting', 3)]
  return { me, as, connectionId, endpointId, ...rows, imports, bulkChanges, archives, reading, mailOf: mail }
}

describe('background work', () => {
  test('is counted by kind, of the organization alone; what failed has its reason', async () => {
    const { me, delivery, reading, connectionId, endpointId, imports, bulkChanges, archives } = await shop()
    await shop()
    const none = { waiting: 0, running: 0, failed: 0, oldestAt: null, lastDoneAt: null }
    expect(await workOf(me)).toEqual({
      store_deliveries: { waiting: 1, running: 0, failed: 2, oldestAt: at(1), lastDoneAt: at(9) },
      webhooks: { ...none, waiting: 1, failed: 2, oldestAt: at(1) },
      mails: { ...none, waiting: 1, failed: 2, oldestAt: at(1) },
      imports: { ...none, waiting: 1, failed: 1, oldestAt: at(1) },
      bulk_changes: { ...none, running: 1, failed: 1 },
      reconciliations: { ...none, failed: 1 },
      archives: { ...none, waiting: 1, failed: 1, oldestAt: at(3), lastDoneAt: at(8) },
    })
    const place = (id: string, name: string) => [{ id, name, count: 1 }]
    expect(await waitingPlaces(me)).toEqual({
      store_deliveries: place(connectionId, 'Polar EU'),
      webhooks: place(endpointId, 'https://hooks.example.com/'),
      reconciliations: [],
    })
    const failed = await failedWork(me)
    expect(failed.store_deliveries).toEqual([
      ...[delivery[2], delivery[1]].map((row) => ({
        ...{ id: row?.id, what: 'order.paid from Polar EU', reason: 'Not JSON.', at: row?.receivedAt },
        of: { store: connectionId, delivery: row?.id },
      })),
    ])
    expect(failed.webhooks).toMatchObject([
      { what: 'customer.created to https://hooks.example.com/', reason: 'The endpoint answered 500.' },
      {},
    ])
    expect(failed.mails).toMatchObject([{ what: 'License key to lena@x.example', reason: 'Mailbox full' }, {}])
    expect(failed.imports).toMatchObject([
      { what: 'keys.csv', reason: 'It is no CSV.', of: { import: imports[1]?.id } },
    ])
    expect(failed.bulk_changes).toMatchObject([
      { what: '2 keys, asked for by Mara', reason: 'It was cut off.', of: { bulkChange: bulkChanges[1]?.id } },
    ])
    expect(failed.archives).toMatchObject([
      { id: archives[1]?.id, what: 'Asked for by Mara', reason: 'It was cut off.', of: { isArchive: true } },
    ])
    expect(failed.reconciliations).toMatchObject([
      { id: reading.id, what: 'Polar EU (Polar)', reason: 'The store answered 500.' },
    ])
    const all = await workOfAll(system)
    for (const kind of workKinds) expect(all[kind].failed, kind).toBeGreaterThanOrEqual(2)
    expect(await sharedWork()).toMatchObject({ secretRotation: { isRunning: false } })
  })

  test('is tried again: one, or all of a kind; only what failed, only of the organization', async () => {
    const { me, delivery, message, mail, reading, connectionId, mailOf } = await shop()
    const other = await shop()
    const retry = (kind: Retryable, id: string | null = null, who = me) => retryWork(who, { kind, id }, at(30))
    const failed = () => workOf(me)

    expect(await retry('store_deliveries', delivery[1]?.id)).toEqual({ retried: 1 })
    expect((await failed()).store_deliveries).toMatchObject({ waiting: 2, failed: 1 })
    expect(await retry('store_deliveries')).toEqual({ retried: 1 })
    expect(await retry('store_deliveries')).toEqual({ retried: 0 })
    expect(await retry('webhooks', message[1]?.id)).toEqual({ retried: 1 })
    expect(await retry('webhooks')).toEqual({ retried: 1 })
    expect(await retry('mails', mail[1]?.id)).toEqual({ retried: 1 })
    // A sign-in link that is dead is of no use to anybody.
    await mailOf('failed', 0, 'sign-in')
    expect(await retry('mails')).toEqual({ retried: 1 })
    // The one that waits is left alone.
    expect((await failed()).mails).toMatchObject({ waiting: 3, failed: 1 })

    await expect(retry('reconciliations', reading.id)).rejects.toEqual(refusal('CONFLICT'))
    await setStoreCredential(me, { connectionId, credential: 'polar_oat_x' }, at(0))
    expect(await retry('reconciliations', reading.id)).toEqual({ retried: 1 })
    expect((await failed()).reconciliations).toMatchObject({ waiting: 1, failed: 0 })

    for (const [kind, id] of [
      ['store_deliveries', delivery[0]?.id],
      ['store_deliveries', other.delivery[1]?.id],
      ['webhooks', other.message[1]?.id],
      ['mails', other.mail[1]?.id],
      ['reconciliations', other.reading.id],
    ] as const)
      await expect(retry(kind, id ?? ''), kind).rejects.toEqual(refusal('NOT_FOUND'))
    expect(await workOf(other.me)).toMatchObject({ store_deliveries: { failed: 2 }, mails: { failed: 2 } })
  })

  test('of an endpoint that is switched off nothing is sent again', async () => {
    const { me, endpointId } = await shop()
    await updateEndpoint(me, endpointId, { disabled: true }, at(20))
    expect(await retryWork(me, { kind: 'webhooks', id: null }, at(30))).toEqual({ retried: 0 })
  })

  test('is for owners', async () => {
    const { as } = await shop()
    for (const role of ['admin', 'support', 'viewer'] as const) {
      await expect(workOf(as(role))).rejects.toEqual(refusal('FORBIDDEN'))
      await expect(failedWork(as(role))).rejects.toEqual(refusal('FORBIDDEN'))
      await expect(retryWork(as(role), { kind: 'mails', id: null }, at(30))).rejects.toEqual(refusal('FORBIDDEN'))
    }
  })
})
