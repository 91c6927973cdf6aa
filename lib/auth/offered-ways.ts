import '#server-only'
import { mailIsConfigured, outboxIsOpen } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import { nameOf, offeredProviders } from './providers.ts'
import type { SignInWay } from './ways.ts'

/** The ways to sign in that this server has set up. */
export const offeredWays = (): SignInWay[] => [
  'password',
  ...(mailIsConfigured() || outboxIsOpen() ? (['mail'] as const) : []),
  'passkey',
  ...offeredProviders().map(({ id }) => id),
]

/** A way to sign in, as a choice is called. */
export const wayName = (way: SignInWay): string =>
  way === 'password'
    ? 'Password'
    : way === 'mail'
      ? 'Mailed link or code'
      : way === 'passkey'
        ? 'Passkey'
        : nameOf(way).name

/** The same within a sentence. */
export const wayWords = (way: SignInWay): string =>
  way === 'password' || way === 'mail' || way === 'passkey' ? wayName(way).toLowerCase() : wayName(way)

/** The ways by which somebody could sign in now. */
export async function waysOf(user: { id: string; hasPassword: boolean; hasPasskey: boolean }): Promise<SignInWay[]> {
  const linked = await prisma.linkedSignIn.findMany({
    where: { userId: user.id, removedAt: null },
    select: { provider: true },
    distinct: ['provider'],
  })
  const has = (way: SignInWay): boolean =>
    way === 'password'
      ? user.hasPassword
      : way === 'mail'
        ? true
        : way === 'passkey'
          ? user.hasPasskey
          : linked.some(({ provider }) => provider === way)
  return offeredWays().filter(has)
}
