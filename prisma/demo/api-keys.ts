// The demo's API keys. Tokens are kept nowhere, and a second start has to say the same ones: here they derive from the master secret.
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { type ApiScope, apiScopes } from '#lib/base/permissions.ts'
import { prisma } from '#lib/database/client.ts'
import { record } from '#lib/events/commands.ts'
import { API_TOKEN_PREFIX } from '#lib/organizations/rules.ts'
import { hashSecret } from '#lib/secrets/secrets.ts'

const MADE_DAYS_AGO = 40
const DAY = 86_400_000

/** What the demo's programs are called and may do. */
const programs = {
  apiKey: { name: 'Shop server', scopes: apiScopes },
  readOnlyApiKey: { name: 'Reporting', scopes: apiScopes.filter((scope) => scope.endsWith(':read')) },
} as const satisfies Record<string, { name: string; scopes: readonly ApiScope[] }>

/** Makes the organization's API keys unless they are there, and tells their tokens. */
export async function demoApiKeys(organizationId: string, now: Date): Promise<Record<keyof typeof programs, string>> {
  const owner = await prisma.membership.findFirstOrThrow({
    where: { organizationId, role: 'owner' },
    include: { user: true },
  })
  const by: Member = { ...owner.user, kind: 'merchant', userId: owner.userId, organizationId, role: 'owner' }
  const token = async (program: keyof typeof programs) => {
    const { name, scopes } = programs[program]
    const token = API_TOKEN_PREFIX + hashSecret('demo-api-key', `${organizationId} ${program}`).toString('base64url')
    const tokenHash = new Uint8Array(hashSecret('api-key', token))
    const createdAt = new Date(now.getTime() - MADE_DAYS_AGO * DAY)
    await prisma.$transaction(async (tx) => {
      const { count } = await tx.apiKey.createMany({
        data: [
          {
            id: newId(createdAt),
            organizationId,
            name,
            tokenHash,
            lastCharacters: token.slice(-4),
            scopes: [...scopes],
            createdBy: by.name ?? by.email,
            createdAt,
          },
        ],
        skipDuplicates: true,
      })
      if (count === 0) return
      await record(tx, by, createdAt, {
        type: 'api_key.created',
        organizationId,
        data: { name, scopes: [...scopes] },
      })
    })
    return token
  }
  return { apiKey: await token('apiKey'), readOnlyApiKey: await token('readOnlyApiKey') }
}
