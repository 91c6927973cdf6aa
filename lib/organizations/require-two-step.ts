import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import type { RequireTwoStep } from './schema.ts'

/** Requires two-step sign-in of all members, or leaves it to each. Who has none is led to set it up at the next page. */
export async function requireTwoStep(merchant: Merchant, { required }: RequireTwoStep, now: Date): Promise<void> {
  assertMay(merchant, 'security.write')
  if (merchant.kind !== 'merchant') throw new Refusal('FORBIDDEN', 'Members are managed by people, in the dashboard.')
  const { organizationId, userId } = merchant
  await prisma.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ required: boolean }[]>`
      SELECT require_two_step AS required FROM organizations WHERE id = ${organizationId}::uuid FOR UPDATE`
    if (!before || before.required === required) return
    const self = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { twoStepAt: true } })
    if (required && !self.twoStepAt)
      throw new Refusal('CONFLICT', 'Turn two-step sign-in on for yourself first, on your account page.')
    await tx.organization.update({ where: { id: organizationId }, data: { requireTwoStep: required } })
    const changes = [required ? 'Two-step sign-in required of all members' : 'Two-step sign-in left to each member']
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}
