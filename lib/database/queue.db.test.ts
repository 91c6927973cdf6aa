import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pool, prisma } from './client.ts'
import { enqueue, type Workers, work } from './queue.ts'
import { ofBatch } from './transaction.ts'

const seen: string[] = []
const workers: Workers = {
  'mail.deliver': async ({ mailId }) => seen.push(mailId),
  'mail.sweep': async () => {},
  'house.sweep': async () => {},
  'keys.fold': async () => {},
  'keys.tell': async () => {},
  'counts.add_up': async () => {},
  'house.nightly': async () => {},
  'misuse.assess': async () => {},
  'addresses.tidy': async () => {},
  'import.run': async () => {},
  'store.handle': async () => {},
  'store.sweep': async () => {},
  'store.reconcile': async () => {},
  'erasure.run': async () => {},
  'archive.run': async () => {},
  'archive.sweep': async () => {},
  'import.sweep': async () => {},
  'bulk.run': async () => {},
  'bulk.sweep': async () => {},
}
let stop: () => Promise<void>

beforeAll(async () => {
  stop = await work(workers)
}, 20_000)
afterAll(() => stop(), 20_000)

async function until(condition: () => boolean, milliseconds: number) {
  const deadline = Date.now() + milliseconds
  while (!condition() && Date.now() < deadline) await sleep(20)
}

test('work asked for in a transaction begins after its commit', async () => {
  const mailId = randomUUID()
  await prisma.$transaction(async (tx) => {
    await enqueue(tx, 'mail.deliver', { mailId })
    await sleep(300)
    expect(seen).not.toContain(mailId)
  })
  await until(() => seen.includes(mailId), 20_000)
  expect(seen).toContain(mailId)
})

test.each(['COMMIT', 'ROLLBACK'] as const)(
  'work asked for by a batch that ends with %s is done when that says so',
  async (end) => {
    const mailId = randomUUID()
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await enqueue(ofBatch(client), 'mail.deliver', { mailId })
      await sleep(300)
      expect(seen).not.toContain(mailId)
      await client.query(end)
    } finally {
      client.release()
    }
    await until(() => seen.includes(mailId), end === 'COMMIT' ? 20_000 : 600)
    expect(seen.includes(mailId)).toBe(end === 'COMMIT')
  },
)

test('work asked for in a transaction that fails is never done', async () => {
  const mailId = randomUUID()
  const failing = prisma.$transaction(async (tx) => {
    await enqueue(tx, 'mail.deliver', { mailId })
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  await sleep(600)
  expect(seen).not.toContain(mailId)
})
