import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prisma } from './client.ts'
import { enqueue, type Workers, work } from './queue.ts'

const seen: string[] = []
const workers: Workers = {
  'mail.deliver': async ({ mailId }) => seen.push(mailId),
  'mail.sweep': async () => {},
  'house.sweep': async () => {},
  'keys.fold': async () => {},
  'addresses.tidy': async () => {},
  'import.run': async () => {},
  'import.sweep': async () => {},
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
  await until(() => seen.includes(mailId), 5_000)
  expect(seen).toContain(mailId)
})

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
