import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { ERASED_DOMAIN } from '../customers/plain.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { seal } from '../secrets/secrets.ts'
import { formerAddresses } from './former.ts'
import { wordsOf } from './rules.ts'

/** What the background still has to look for; sealed until it is done. */
export type Sought = {
  email: string
  name: string | null
  /** Addresses that they had before. */
  formers?: string[]
  /** The account and its mails go too: they are nobody elsewhere on this server. */
  isNowhereElse?: boolean
  /** The store's own names of the person and of their orders. */
  refs: string[]
}

/**
 * Deletes what is known of a customer as a person. Their keys, purchases and devices stay, under nobody's name, and go on working. What is
 * theirs goes at once; what merely mentions them, in the background.
 */
export async function erasePersonalData(
  merchant: Merchant,
  { customerId }: { customerId: string },
  now: Date,
): Promise<{ erasureId: string }> {
  assertMay(merchant, 'customers.erase')
  const { organizationId } = merchant
  return prisma.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM customers WHERE id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
      const customer = await tx.customer.findFirst({
        where: { id: customerId, organizationId },
        select: { email: true, name: true, erasedAt: true },
      })
      if (!customer) throw notFound('customer')
      if (customer.erasedAt) throw new Refusal('CONFLICT', 'Their personal data was deleted already.')
      const { email, name } = customer
      // As everywhere: customers, purchases by id, keys by hash.
      await tx.$queryRaw`SELECT 1 FROM purchases WHERE customer_id = ${customerId}::uuid ORDER BY id FOR UPDATE`
      await tx.$queryRaw`SELECT 1 FROM license_keys WHERE customer_id = ${customerId}::uuid ORDER BY key_hash FOR UPDATE`
      const formers = await formerAddresses(tx, { organizationId, customerId, email })
      const isNowhereElse = await isNobodyElsewhere(tx, organizationId, email)
      const sought: Sought = { email, name, formers, isNowhereElse, refs: await refsOf(tx, customerId) }
      await emptyOwn(tx, { organizationId, customerId, email, words: wordsOf(sought) }, now)
      for (const former of formers) await forgetSentTo(tx, organizationId, former)
      if (isNowhereElse) for (const address of [email, ...formers]) await forgetAccount(tx, address)
      await tx.archive.deleteMany({ where: { organizationId } })
      await record(tx, merchant, now, { type: 'customer.erased', organizationId, customerId, data: {} })
      const erasureId = newId(now)
      await tx.customerErasure.create({
        data: {
          ...{ id: erasureId, organizationId, customerId, createdAt: now },
          sought: seal('erasure', JSON.stringify(sought)),
        },
      })
      await enqueue(tx, 'erasure.run', { erasureId })
      return { erasureId }
    },
    { timeout: 60_000 },
  )
}

async function refsOf(tx: Tx, customerId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ ref: string }[]>`
    SELECT customer AS ref FROM store_customers WHERE customer_id = ${customerId}::uuid
    UNION SELECT l.ref FROM store_lines l JOIN purchases p ON p.id = l.purchase_id WHERE p.customer_id = ${customerId}::uuid`
  return rows.map(({ ref }) => ref)
}

type Whose = { organizationId: string; customerId: string; email: string; words: string[] }

/** Of data of their events these stay: about products and dates, never typed by or about a person. */
const IMPERSONAL = ['product', 'configuration', 'code', 'store', 'state', 'status', 'expiresAt', 'endsAt', 'quantity']

// Everything that is theirs by an id. Rows that license calls read keep their ids, so no key stops working for a moment.
async function emptyOwn(tx: Tx, { organizationId, customerId, email }: Whose, now: Date): Promise<void> {
  const erased = `deleted-${customerId.slice(-12)}@${ERASED_DOMAIN}`
  const keys = (await tx.licenseKey.findMany({ where: { customerId }, select: { id: true } })).map(({ id }) => id)
  const purchases = (await tx.purchase.findMany({ where: { customerId }, select: { id: true } })).map(({ id }) => id)
  await tx.customer.update({
    where: { id: customerId },
    data: {
      email: erased,
      name: null,
      externalId: null,
      metadata: {},
      erasedAt: now,
      addressChosenAt: null,
      updatedAt: now,
    },
  })
  await tx.customerSession.deleteMany({ where: { customerId } })
  await tx.customerNote.deleteMany({ where: { customerId, organizationId } })
  await tx.purchase.updateMany({ where: { customerId }, data: { metadata: {} } })
  await tx.licenseKey.updateMany({
    where: { customerId },
    data: { note: '', noteFolded: null, metadata: {}, updatedAt: now },
  })
  await tx.activation.updateMany({ where: { licenseKeyId: { in: keys } }, data: { label: 'Device', meta: {} } })
  await tx.idempotencyKey.deleteMany({ where: { licenseKeyId: { in: keys } } })
  await tx.mail.deleteMany({
    where: {
      organizationId,
      OR: [{ to: email }, { licenseKeyId: { in: keys } }, { purchaseId: { in: purchases } }],
    },
  })
  await tx.mailStop.deleteMany({ where: { organizationId, email } })
  const offers = { organizationId, OR: [{ customerId }, { to: email }, { licenseKeyId: { in: keys } }] }
  const asked = (await tx.keyOffer.findMany({ where: offers, select: { to: true } })).map(({ to }) => to)
  // Whom they offered a key to was told by whom.
  await tx.mail.deleteMany({ where: { organizationId, template: 'key-offered', to: { in: asked } } })
  await tx.keyOffer.deleteMany({ where: offers })
  await emptyStores(tx, customerId)
  await forgetCalls(tx, organizationId, keys)
  await emptyHistory(tx, { organizationId, customerId, keys, purchases })
}

async function emptyStores(tx: Tx, customerId: string): Promise<void> {
  await tx.$executeRaw`UPDATE store_customers SET register = '{"fields":{}}', applied_email = NULL WHERE customer_id = ${customerId}::uuid`
  // Who bought is kept as a reference without address and name.
  await tx.$executeRaw`UPDATE store_lines l SET register =
      jsonb_set(jsonb_set(l.register, '{fields,buyer,value,email}', 'null'), '{fields,buyer,value,name}', 'null')
    FROM purchases p WHERE p.id = l.purchase_id AND p.customer_id = ${customerId}::uuid AND l.register #> '{fields,buyer,value}' IS NOT NULL`
}

async function forgetCalls(tx: Tx, organizationId: string, keys: string[]): Promise<void> {
  const where = { licenseKeyId: { in: keys } }
  await tx.licenseCall.deleteMany({ where })
  await tx.callRefusal.deleteMany({ where: { organizationId, OR: [where, { subject: { in: keys } }] } })
  await tx.trouble.deleteMany({ where: { organizationId, OR: [where, { subject: { in: keys } }] } })
  await tx.troubleSnooze.deleteMany({ where: { organizationId, subject: { in: keys } } })
  await tx.sighting.deleteMany({ where })
  await tx.keyRisk.deleteMany({ where })
  await tx.deviceAnswer.deleteMany({ where })
  await tx.deviceQuestion.deleteMany({ where })
  await tx.$executeRaw`DELETE FROM device_requests WHERE organization_id = ${organizationId}::uuid
    AND activation_id IN (SELECT id FROM activations WHERE license_key_id = ANY(${keys}::uuid[]))`
  await tx.$executeRaw`UPDATE bulk_change_keys SET was = was - '{note,noteFolded,tags}'::text[], became = became - '{note,noteFolded,tags}'::text[]
    WHERE license_key_id = ANY(${keys}::uuid[])`
}

async function emptyHistory(
  tx: Tx,
  of: { organizationId: string; customerId: string; keys: string[]; purchases: string[] },
): Promise<void> {
  const { organizationId, customerId, keys, purchases } = of
  const ids = await tx.$queryRaw<{ id: string }[]>`
    UPDATE events e SET
      data = COALESCE((SELECT jsonb_object_agg(d.key, d.value) FROM jsonb_each(e.data) d
        WHERE jsonb_typeof(d.value) IN ('number', 'boolean') OR d.key = ANY(${IMPERSONAL})), '{}'),
      actor_label = CASE WHEN e.actor_kind = 'customer' THEN 'Customer' ELSE e.actor_label END,
      actor_id = CASE WHEN e.actor_kind = 'customer' THEN NULL ELSE e.actor_id END,
      address = CASE WHEN e.actor_kind = 'merchant' THEN e.address END,
      device = CASE WHEN e.actor_kind = 'merchant' THEN e.device END
    WHERE e.organization_id = ${organizationId}::uuid AND (e.customer_id = ${customerId}::uuid
      OR e.license_key_id = ANY(${keys}::uuid[]) OR e.purchase_id = ANY(${purchases}::uuid[]))
    RETURNING e.id`
  const events = ids.map(({ id }) => id)
  await tx.$executeRaw`DELETE FROM webhook_attempts WHERE message_id IN (SELECT id FROM webhook_messages
    WHERE organization_id = ${organizationId}::uuid AND (license_key_id = ANY(${keys}::uuid[]) OR event_id = ANY(${events}::uuid[])))`
  await tx.$executeRaw`UPDATE webhook_messages SET body = NULL, last_error = NULL
    WHERE organization_id = ${organizationId}::uuid AND (license_key_id = ANY(${keys}::uuid[]) OR event_id = ANY(${events}::uuid[]))`
}

async function forgetSentTo(tx: Tx, organizationId: string, email: string): Promise<void> {
  await tx.mail.deleteMany({ where: { organizationId, to: email } })
  await tx.mailStop.deleteMany({ where: { organizationId, email } })
}

/** Whether their account is somebody's elsewhere on this server. */
async function isNobodyElsewhere(tx: Tx, organizationId: string, email: string): Promise<boolean> {
  if ((await tx.customer.count({ where: { email, organizationId: { not: organizationId } } })) > 0) return false
  return (await tx.membership.count({ where: { user: { email } } })) === 0
}

/** The account they signed in with goes, too, and those of addresses that they had before. */
async function forgetAccount(tx: Tx, email: string): Promise<void> {
  await tx.user.deleteMany({ where: { email } })
  await tx.verificationToken.deleteMany({ where: { identifier: email } })
  await tx.addressMove.deleteMany({ where: { OR: [{ from: email }, { to: email }] } })
  await tx.mail.deleteMany({ where: { organizationId: null, to: email } })
}
