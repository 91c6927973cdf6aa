import '#server-only'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Merchant, System } from '../actor.ts'
import { hashPassword } from '../auth/passwords.ts'
import { prisma } from '../db.ts'
import { Refusal } from '../errors.ts'
import { record } from '../history/commands.ts'
import { setupToken } from '../secrets.ts'
import type { SetUp } from './schema.ts'

// Any fixed number: it only has to be the same in every process.
const SET_UP_LOCK = 7_236_001n

const digest = (text: string) => createHash('sha256').update(text).digest()

/** True for the one-time token of the console; compared in constant time. */
export const isSetupToken = (token: string): boolean => timingSafeEqual(digest(token.trim()), digest(setupToken()))

/** First run: makes the owner and the organization. Possible once, and only with the token of the console. */
export async function setUp(_system: System, input: SetUp, now: Date): Promise<{ slug: string }> {
  if (!isSetupToken(input.token)) throw new Refusal('FORBIDDEN', 'This is not the token on the console.', 'token')
  const passwordHash = await hashPassword(input.password)
  return prisma.$transaction(async (tx) => {
    // Two people may hold the token: the second one waits here and then finds an organization.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SET_UP_LOCK})`
    if (await tx.organization.findFirst({ select: { id: true } })) {
      throw new Refusal('CONFLICT', 'Latchkey is set up already. Sign in instead.')
    }
    const { email, name, slug } = input
    const user = await tx.user.upsert({
      where: { email },
      create: { email, name, passwordHash },
      update: { name, passwordHash },
      select: { id: true },
    })
    const organization = await tx.organization.create({
      data: {
        name: input.organizationName,
        slug,
        supportEmail: email,
        createdAt: now,
        memberships: { create: { userId: user.id, role: 'owner' } },
      },
      select: { id: true },
    })
    const owner: Merchant = {
      kind: 'merchant',
      userId: user.id,
      email,
      name,
      organizationId: organization.id,
      role: 'owner',
    }
    await record(tx, owner, now, { type: 'organization.created', organizationId: organization.id })
    return { slug }
  })
}
