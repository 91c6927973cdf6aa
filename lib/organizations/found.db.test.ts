import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { prisma } from '../database/client.ts'
import { foundOrganization } from './found.ts'
import { foundedMax } from './rules.ts'

beforeAll(() => {
  process.env.NEW_ORGANIZATIONS = 'anyone'
})

const now = new Date()
const later = (days: number) => new Date(now.getTime() + days * 86_400_000)
const slug = () => `f-${randomUUID()}`.slice(0, 40)

async function person(isProved = true) {
  const email = `${randomUUID()}@example.com`
  const { id: userId } = await prisma.user.create({ data: { email, ...(isProved && { emailVerifiedAt: now }) } })
  const from = { address: null, device: null }
  return (at = now) =>
    foundOrganization({ userId, email, name: null, from, isMember: false }, { name: 'Mine', slug: slug() }, at)
}

test('of twenty at once as many are made as a day allows, and the next day as many again', async () => {
  const found = await person()
  const made = await Promise.allSettled(Array.from({ length: 20 }, () => found()))
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(foundedMax.day)
  await expect(found()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/today/) })
  await found(later(1.01))
})

test('those that were deleted count on: in all there is an end', async () => {
  const found = await person()
  for (let i = 0; i < foundedMax.all; i++) {
    const { slug: made } = await found(later(i))
    await prisma.organization.delete({ where: { slug: made } })
  }
  await expect(found(later(100))).rejects.toMatchObject({ message: expect.stringMatching(/nobody makes more/) })
})

test('whoever has not shown that the address is theirs makes one, and then shows it', async () => {
  const found = await person(false)
  await found()
  await expect(found(later(5))).rejects.toMatchObject({ message: expect.stringMatching(/^Confirm your e-mail/) })
})
