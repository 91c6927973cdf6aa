import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Merchant, PortalCustomer } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { whyApiKeyIsVoid } from '../organizations/rules.ts'
import { hashSecret, tokenHashes } from '../secrets/secrets.ts'
import type { CustomerSession } from './schema.ts'

// An organization's own site shows its customers their keys: its program makes a session for one of them, and the page reads with it.

const LIFETIME_MS = 60 * 60 * 1_000

// What Polar's clients know the token of a customer session by.
const TOKEN_PREFIX = 'polar_cst_'

/** Who a session is for: by our id, or by the id the organization has for them elsewhere. */
type Whose = { customerId: string | null; externalId: string | null }

/** Makes a session for one of the organization's customers. It lasts an hour; its token is returned here and never again. */
export async function createCustomerSession(merchant: Merchant, whose: Whose, now: Date): Promise<CustomerSession> {
  assertMay(merchant, 'customers.write')
  // Whoever holds the token sees key strings and rotates keys, so its maker must be allowed to.
  assertMay(merchant, 'keys.write')
  assertMay(merchant, 'keys.reveal')
  const { organizationId } = merchant
  const { updatedAt, ...customer } = await customerFor(merchant, whose)
  const token = TOKEN_PREFIX + randomBytes(32).toString('base64url')
  const session = { id: newId(now), organizationId, createdAt: now, expiresAt: new Date(now.getTime() + LIFETIME_MS) }
  await prisma.customerSession.create({
    data: {
      ...session,
      customerId: customer.id,
      apiKeyId: merchant.kind === 'api_key' ? merchant.apiKeyId : null,
      tokenHash: new Uint8Array(hashSecret('customer-session', token)),
    },
  })
  return { ...session, token, customer: { ...customer, modifiedAt: updatedAt } }
}

async function customerFor({ organizationId }: Merchant, { customerId, externalId }: Whose) {
  const field = customerId === null ? 'externalId' : 'customerId'
  const found = await prisma.customer.findMany({
    // A vendor's client names a customer by the id they had there.
    where: {
      organizationId,
      OR: [{ externalId: customerId ?? externalId }, ...(customerId && isId(customerId) ? [{ id: customerId }] : [])],
    },
    select: { id: true, number: true, externalId: true, email: true, name: true, createdAt: true, updatedAt: true },
    take: 3,
  })
  const own = found.filter(({ id }) => id === customerId)
  const [customer, another] = own.length > 0 ? own : found
  if (!customer) throw new Refusal('NOT_FOUND', 'There is no such customer.', field)
  if (another) throw new Refusal('CONFLICT', 'Several customers have this id. Name one by our own id.', field)
  return customer
}

/** Whose session this is, or null when the token opens nothing. */
export async function portalCustomerOf(token: string, now: Date): Promise<PortalCustomer | null> {
  if (token.length > 200) return null
  const session = await prisma.customerSession.findFirst({
    where: { tokenHash: { in: tokenHashes('customer-session', token) } },
    select: {
      organizationId: true,
      customerId: true,
      expiresAt: true,
      customer: { select: { email: true } },
      apiKey: { select: { revokedAt: true, expiresAt: true } },
    },
  })
  if (!session || now >= session.expiresAt) return null
  // Whoever revokes an API key means what it handed out as well.
  if (session.apiKey && whyApiKeyIsVoid(session.apiKey, now)) return null
  const { organizationId, customerId, customer } = session
  return { kind: 'portal_customer', organizationId, customerId, email: customer.email }
}

/** Forgets sessions that are over. For the hourly sweep. */
export async function purgeCustomerSessions(now: Date): Promise<void> {
  await prisma.customerSession.deleteMany({ where: { expiresAt: { lte: now } } })
}
