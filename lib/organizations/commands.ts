import '#server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from '#prisma/enums.ts'
import { hashNewPassword } from '../auth/passwords.ts'
import type { Member, Merchant, System } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { hashSecret, setupToken } from '../secrets/secrets.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { API_TOKEN_PREFIX, settingsChanges } from './rules.ts'
import type { ApiKeyId, CreateApiKey, OrganizationChanges, SetUp } from './schema.ts'
import { reserveSlug } from './slugs.ts'

// Any fixed number: it only has to be the same in every process.
const SET_UP_LOCK = 7_236_001n

const digest = (text: string) => createHash('sha256').update(text).digest()

/** True for the one-time token of the console; compared in constant time. */
export const isSetupToken = (token: string): boolean => timingSafeEqual(digest(token.trim()), digest(setupToken()))

/** First run: makes the owner and the organization. Possible once, and only with the token of the console. */
export async function setUp(_system: System, input: SetUp, now: Date): Promise<{ slug: string }> {
  if (!isSetupToken(input.token)) throw new Refusal('FORBIDDEN', 'This is not the token on the console.', 'token')
  const passwordHash = await hashNewPassword(input.password)
  return prisma.$transaction(async (tx) => {
    // Two people may hold the token: the second one waits here and then finds an organization.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SET_UP_LOCK})`
    if (await tx.organization.findFirst({ select: { id: true } })) {
      throw new Refusal('CONFLICT', 'Latchkey is set up already. Sign in instead.')
    }
    const { email, name, slug } = input
    await reserveSlug(tx, slug, null)
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
    const owner: Member = {
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

// ---------------------------------------------------------------- settings

type Settings = Required<{ [Name in keyof OrganizationChanges]: Exclude<OrganizationChanges[Name], undefined> }>

const settingsParts: EditPart<Settings>[] = [
  { label: 'Name', fields: ['name'], input: 'name', words: ({ name }) => name },
  {
    ...{ label: 'Support address', fields: ['supportEmail'], input: 'supportEmail' },
    words: ({ supportEmail }) => supportEmail ?? 'none',
  },
  { label: 'Website', fields: ['websiteUrl'], input: 'websiteUrl', words: ({ websiteUrl }) => websiteUrl ?? 'none' },
  { label: 'Time zone', fields: ['timeZone'], input: 'timeZone', words: ({ timeZone }) => timeZone },
]

/**
 * Changes what holds for the whole organization; what is left out stays. Dates that keys have do not move. `opened` is what the form showed
 * when it was opened.
 */
export async function updateOrganization(
  merchant: Merchant,
  typed: OrganizationChanges,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const before = await tx.organization.findUnique({
      where: { id: organizationId },
      select: { name: true, supportEmail: true, websiteUrl: true, timeZone: true },
    })
    if (!before) throw notFound('organization')
    const whole: Settings = {
      name: typed.name ?? before.name,
      supportEmail: typed.supportEmail === undefined ? before.supportEmail : typed.supportEmail,
      websiteUrl: typed.websiteUrl === undefined ? before.websiteUrl : typed.websiteUrl,
      timeZone: typed.timeZone ?? before.timeZone,
    }
    const after = opened ? mergeEdit(settingsParts, opened, whole, before).merged : whole
    const changes = settingsChanges(before, after)
    if (changes.length === 0) return
    await tx.organization.update({ where: { id: organizationId }, data: after })
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}

// ---------------------------------------------------------------- API keys

/** Makes an API key. Its token is returned here and never again: only a hash is kept. */
export async function createApiKey(
  merchant: Merchant,
  input: CreateApiKey,
  now: Date,
): Promise<{ apiKeyId: string; token: string }> {
  assertMay(merchant, 'api_keys.write')
  const { organizationId } = merchant
  const expiresAt = input.expiresOn ? new Date(`${input.expiresOn}T23:59:59.999Z`) : null
  if (expiresAt && expiresAt <= now) throw new Refusal('INVALID_INPUT', 'Choose a day that is not over.', 'expiresOn')
  const token = API_TOKEN_PREFIX + randomBytes(32).toString('base64url')
  const apiKeyId = newId(now)
  await prisma.$transaction(async (tx) => {
    await assertStillMay(tx, merchant)
    await tx.apiKey.create({
      data: {
        id: apiKeyId,
        organizationId,
        name: input.name,
        tokenHash: new Uint8Array(hashSecret('api-key', token)),
        lastCharacters: token.slice(-4),
        scopes: input.scopes,
        expiresAt,
        createdBy: merchant.kind === 'merchant' ? (merchant.name ?? merchant.email) : merchant.name,
        createdById: merchant.kind === 'merchant' ? merchant.userId : null,
        createdAt: now,
      },
    })
    await record(tx, merchant, now, {
      type: 'api_key.created',
      organizationId,
      data: { name: input.name, scopes: input.scopes },
    })
  })
  return { apiKeyId, token }
}

// Somebody may be removed at this moment: what they made before is looked at then, so they make nothing after.
async function assertStillMay(tx: Tx, merchant: Merchant): Promise<void> {
  if (merchant.kind !== 'merchant') return
  const { organizationId, userId } = merchant
  const [is] = await tx.$queryRaw<{ role: Role }[]>`SELECT role::text AS role FROM memberships
    WHERE organization_id = ${organizationId}::uuid AND user_id = ${userId}::uuid FOR SHARE`
  if (!is) throw notFound('organization')
  assertMay({ ...merchant, role: is.role }, 'api_keys.write')
}

/** Ends an API key at once and for good. Revoking it twice is no error. */
export async function revokeApiKey(merchant: Merchant, { apiKeyId }: ApiKeyId, now: Date): Promise<{ name: string }> {
  assertMay(merchant, 'api_keys.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM api_keys WHERE id = ${apiKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
    const key = await tx.apiKey.findFirst({
      where: { id: apiKeyId, organizationId },
      select: { name: true, revokedAt: true },
    })
    if (!key) throw notFound('API key')
    if (key.revokedAt) return { name: key.name }
    await tx.apiKey.update({ where: { id: apiKeyId }, data: { revokedAt: now } })
    await record(tx, merchant, now, { type: 'api_key.revoked', organizationId, data: { name: key.name } })
    return { name: key.name }
  })
}
