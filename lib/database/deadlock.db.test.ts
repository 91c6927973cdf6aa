import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { newId } from '../base/ids.ts'
import { failureOf } from '../http/failure.ts'
import { inOneTransaction, prisma, type Tx } from './client.ts'

// Two who lock the same rows the other way round: PostgreSQL ends one of them.

async function twoRows() {
  const { id: organizationId } = await makeOrganization()
  const make = () => prisma.customer.create({ data: { organizationId, email: `${newId()}@example.com` } })
  return [(await make()).id, (await make()).id] as const
}
const lock = (tx: Tx, id: string) => tx.$queryRaw`SELECT 1 FROM customers WHERE id = ${id}::uuid FOR UPDATE`

/** Everybody waits until all have come; later ones pass. */
function meeting(size: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let here = 0
  return () => {
    if (++here >= size) resolve()
    return promise
  }
}

test.each([
  ['a transaction', (work: (tx: Tx) => Promise<void>) => prisma.$transaction(work)],
  ['a transaction around others', (work: (tx: Tx) => Promise<void>) => inOneTransaction(work, { keep: true })],
])('%s that was ended for a deadlock is done once more', async (_name, run) => {
  const [one, two] = await twoRows()
  const meet = meeting(2)
  let attempts = 0
  const both = (first: string, second: string) =>
    run(async (tx) => {
      attempts++
      await lock(tx, first)
      await meet()
      await lock(tx, second)
      await tx.customer.update({ where: { id: first }, data: { name: 'Told' } })
    })
  await Promise.all([both(one, two), both(two, one)])
  expect(attempts).toBe(3)
})

test('once, and then it is said that later it may go', async () => {
  let attempts = 0
  const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' })
  const failed = await prisma
    .$transaction(async () => {
      attempts++
      throw deadlock
    })
    .catch((error: unknown) => error)
  expect(attempts).toBe(2)
  expect(failureOf(failed)).toMatchObject({ kind: 'unavailable' })
})
