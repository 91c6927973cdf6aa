import '#server-only'
import { offeredWays, wayName, waysOf, wayWords } from '../auth/offered-ways.ts'
import { isSignInWay, type SignInWay, whyNotAllowOnly } from '../auth/ways.ts'
import type { Member, Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import type { AllowWays } from './schema.ts'

/** The ways to sign in that open the organization to its members; none: all do. Members may know it. */
export async function getAllowedWays({ organizationId: id }: Merchant): Promise<SignInWay[]> {
  const found = await prisma.organization.findUnique({ where: { id }, select: { signInWays: true } })
  return (found?.signInWays ?? []).filter(isSignInWay)
}

const words = (ways: readonly SignInWay[]): string => (ways.length === 0 ? 'any' : ways.map(wayName).join(', '))

const parts: EditPart<{ ways: SignInWay[] }>[] = [
  { label: 'Ways to sign in', fields: ['ways'], input: 'ways', words: ({ ways }) => words(ways) },
]

/** Whoever saves it: how the session was begun that they save it with. */
export type Saver = { id: string; how: string | null; hasPassword: boolean; hasPasskey: boolean }

/**
 * Says by which ways members may come in. Sessions that were begun otherwise stay, and are kept out of this organization. `opened` is what the
 * form showed when it was opened.
 */
export async function allowWays(merchant: Member, saver: Saver, typed: AllowWays, now: Date, opened: Opened) {
  assertMay(merchant, 'security.write')
  const { organizationId: id } = merchant
  const has = await waysOf(saver)
  await prisma.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ ways: string[] }[]>`
      SELECT sign_in_ways AS ways FROM organizations WHERE id = ${id}::uuid FOR UPDATE`
    const before = { ways: (row?.ways ?? []).filter(isSignInWay) }
    const { ways } = mergeEdit(parts, opened, typed, before).merged
    if (words(ways) === words(before.ways)) return
    const why = whyNotAllowOnly(ways, { how: saver.how, has, offered: offeredWays() }, wayWords)
    if (why) throw new Refusal('CONFLICT', why, 'ways')
    await tx.organization.update({ where: { id }, data: { signInWays: ways } })
    const changes = [`Ways to sign in: ${words(before.ways)} → ${words(ways)}`]
    await record(tx, merchant, now, { type: 'organization.updated', organizationId: id, data: { changes } })
  })
}
