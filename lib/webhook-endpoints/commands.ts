import '#server-only'
import type { Merchant, System } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { outside } from '../http/outside.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { type AnyWebhookType, typesOfFormat, type WebhookFormat } from '../webhooks/formats.ts'
import { type DisabledReason, disabledReasons, ENDPOINTS_MAX, PING } from '../webhooks/plain.ts'
import { HEADERS_MAX } from '../webhooks/rules.ts'
import { permissionsFor } from './queries.ts'
import { type EndpointChoice, endpointParts, inOrder } from './rules.ts'
import { type CreateEndpoint, type EndpointChanges, type EndpointHeader, whyNotTypes } from './schema.ts'
import { newSecret, openHeaders, sealHeaders, sealSecrets, secretsInForce, withNewSecret } from './secrets.ts'

/** Adds an endpoint. Its secret is returned here and never again. `version` is that of the API which its bodies follow. */
export async function createEndpoint(
  merchant: Merchant,
  { url, description, format, types, hasKeyStrings, headers }: CreateEndpoint,
  version: string,
  now: Date,
): Promise<{ endpointId: string; secret: string }> {
  assertMay(merchant, 'webhooks.write')
  assertHasTypes(format, types)
  assertMayBeTold(merchant, { format, types, hasKeyStrings })
  await assertMaySendTo(url)
  const { organizationId } = merchant
  const secret = newSecret()
  const endpointId = newId(now)
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    if ((await tx.webhookEndpoint.count({ where: { organizationId, removedAt: null } })) >= ENDPOINTS_MAX)
      throw new Refusal('CONFLICT', `There are ${ENDPOINTS_MAX} endpoints already. Remove one you no longer need.`)
    await tx.webhookEndpoint.create({
      data: {
        ...{ id: endpointId, organizationId, url, description, format, types, version, hasKeyStrings },
        secrets: sealSecrets([{ secret, until: null }]),
        headers: sealHeaders(headers),
        ...{ createdAt: now, updatedAt: now },
      },
    })
    await record(tx, merchant, now, { type: 'webhook_endpoint.created', organizationId, data: { url } })
  })
  return { endpointId, secret }
}

// Nobody has something sent to them that they may not read.
function assertMayBeTold(merchant: Merchant, what: Parameters<typeof permissionsFor>[0]): void {
  for (const permission of permissionsFor(what)) assertMay(merchant, permission)
}

function assertHasTypes(format: WebhookFormat, types: readonly string[]): void {
  const why = whyNotTypes(format, types)
  if (why) throw new Refusal('INVALID_INPUT', why, 'types')
}

async function assertMaySendTo(url: string): Promise<void> {
  const why = await outside().whyNot(url)
  if (why) throw new Refusal('INVALID_INPUT', why, 'url')
}

/** An endpoint of the merchant's, held until commit. Writing facts does not wait for it. */
async function lock(tx: Tx, { organizationId }: Merchant, endpointId: string) {
  if (!isId(endpointId)) throw notFound('webhook endpoint')
  await tx.$queryRaw`SELECT 1 FROM webhook_endpoints
    WHERE id = ${endpointId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
  const endpoint = await tx.webhookEndpoint.findFirst({ where: { id: endpointId, organizationId, removedAt: null } })
  if (!endpoint) throw notFound('webhook endpoint')
  return endpoint
}

/** What somebody changed of an endpoint, and nothing that others changed since they opened the form. */
function mergeChoice(opened: Opened, asked: EndpointChanges, present: EndpointChoice): EndpointChanges {
  return { ...asked, ...mergeEdit(endpointParts, opened, { ...present, ...asked }, present).merged }
}

/**
 * Changes an endpoint, or switches it off or on; what is left out stays. With `opened`, what a form showed when it was opened, only what
 * was changed in the form is changed.
 */
export async function updateEndpoint(
  merchant: Merchant,
  endpointId: string,
  asked: EndpointChanges,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'webhooks.write')
  // An address that stays may lead nowhere at the moment.
  if (asked.url !== undefined && asked.url !== opened?.url) await assertMaySendTo(asked.url)
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const before = await lock(tx, merchant, endpointId)
    const { url, description, types, hasKeyStrings } = before
    const format = before.format as WebhookFormat
    const present = { url, description, types: inOrder(types), hasKeyStrings }
    const changes = opened ? mergeChoice(opened, asked, present) : asked
    if (changes.types) assertHasTypes(format, changes.types)
    const after = {
      url: changes.url ?? url,
      description: changes.description ?? description,
      // The same ones in another order are no change.
      types: changes.types && !isSame(inOrder(changes.types), inOrder(types)) ? changes.types : types,
      hasKeyStrings: changes.hasKeyStrings ?? hasKeyStrings,
    }
    // Where things go and which: whoever redirects them has them.
    if (changes.url !== undefined || changes.types !== undefined || changes.hasKeyStrings !== undefined)
      assertMayBeTold(merchant, { format, ...after })
    const headersBefore = openHeaders(before.headers)
    const headers = changes.headers ?? headersBefore
    const words = [
      ...(after.url === url ? [] : [`Address: ${url} → ${after.url}`]),
      ...(after.description === description ? [] : ['Description']),
      ...(isSame(after.types, types) ? [] : [`Events: ${inWords(types)} → ${inWords(after.types)}`]),
      ...(after.hasKeyStrings === hasKeyStrings
        ? []
        : [after.hasKeyStrings ? 'With key strings' : 'Without key strings']),
      ...(isSame(Object.entries(headers), Object.entries(headersBefore)) ? [] : ['Headers']),
    ]
    if (words.length > 0) {
      await tx.webhookEndpoint.update({
        where: { id: endpointId },
        data: { ...after, headers: sealHeaders(headers), updatedAt: now },
      })
      const data = { url: after.url, changes: words }
      await record(tx, merchant, now, { type: 'webhook_endpoint.updated', organizationId, data })
    }
    if (changes.disabled === true && !before.disabledAt)
      await switchOff(tx, merchant, { ...before, ...after }, 'by_hand', now)
    if (changes.disabled === false && before.disabledAt) {
      await tx.webhookEndpoint.update({
        where: { id: endpointId },
        data: { disabledAt: null, disabledReason: null, failingSince: null, pausedUntil: null, updatedAt: now },
      })
      await record(tx, merchant, now, { type: 'webhook_endpoint.enabled', organizationId, data: { url: after.url } })
    }
  })
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const inWords = (types: readonly string[]) => (types.length === 0 ? 'all' : types.join(', '))

// What waits for an endpoint that is off waits no longer. Of very many, the sweep takes the rest.
const GONE_AT_ONCE = 10_000

async function switchOff(
  tx: Tx,
  actor: Merchant | System,
  { id, organizationId, url }: { id: string; organizationId: string; url: string },
  reason: DisabledReason,
  now: Date,
): Promise<void> {
  await tx.webhookEndpoint.update({
    where: { id },
    data: { disabledAt: now, disabledReason: reason, updatedAt: now },
  })
  await tx.$executeRaw`UPDATE webhook_messages SET state = 'gone', settled_at = ${now} WHERE id IN (
    SELECT id FROM webhook_messages WHERE endpoint_id = ${id}::uuid AND state = 'waiting' ORDER BY due_at LIMIT ${GONE_AT_ONCE})`
  const owners =
    reason === 'by_hand'
      ? []
      : await tx.membership.findMany({
          where: { organizationId, role: 'owner' },
          select: { user: { select: { email: true } } },
        })
  await record(tx, actor, now, {
    ...{ type: 'webhook_endpoint.disabled', organizationId, data: { url, why: disabledReasons[reason] } },
    mails: owners.map(({ user }) => ({
      template: 'webhook-off',
      to: user.email,
      payload: { organizationId, url, reason: reason === 'gone' ? 'gone' : 'failing' },
    })),
  })
}

/** Switches off an endpoint that nothing can be delivered to, and tells the owners. Nothing happens when it is off already. */
export async function giveUpEndpoint(
  system: System,
  endpointId: string,
  reason: 'gone' | 'failing',
  now: Date,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM webhook_endpoints WHERE id = ${endpointId}::uuid FOR NO KEY UPDATE`
    const endpoint = await tx.webhookEndpoint.findUnique({
      where: { id: endpointId },
      select: { id: true, organizationId: true, url: true, disabledAt: true, removedAt: true },
    })
    if (endpoint && !endpoint.disabledAt && !endpoint.removedAt) await switchOff(tx, system, endpoint, reason, now)
  })
}

/** Makes a new secret. The ones before sign beside it for a day. It is returned here and never again. */
export async function rotateSecret(merchant: Merchant, endpointId: string, now: Date): Promise<{ secret: string }> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  const secret = newSecret()
  await prisma.$transaction(async (tx) => {
    const { url, secrets } = await lock(tx, merchant, endpointId)
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      data: { secrets: sealSecrets(withNewSecret(secretsInForce(secrets, now), secret, now)), updatedAt: now },
    })
    const data = { url, changes: ['Secret replaced'] }
    await record(tx, merchant, now, { type: 'webhook_endpoint.updated', organizationId, data })
  })
  return { secret }
}

/** Sends a header along from now on, in place of the one of that name, or no longer. Its value is shown to nobody. */
export async function setHeader(
  merchant: Merchant,
  { endpointId, name, value }: EndpointHeader,
  now: Date,
): Promise<void> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const { url, headers } = await lock(tx, merchant, endpointId)
    const { [name]: former, ...others } = openHeaders(headers)
    if ((former ?? '') === value) return
    const next = value ? { ...others, [name]: value } : others
    if (Object.keys(next).length > HEADERS_MAX)
      throw new Refusal('INVALID_INPUT', `At most ${HEADERS_MAX} headers.`, 'name')
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      data: { headers: sealHeaders(next), updatedAt: now },
    })
    const what = value ? (former === undefined ? 'added' : 'replaced') : 'removed'
    const data = { url, changes: [`Header ${name} ${what}`] }
    await record(tx, merchant, now, { type: 'webhook_endpoint.updated', organizationId, data })
  })
}

/** Removes an endpoint and what was sent to it. */
export async function removeEndpoint(merchant: Merchant, endpointId: string, now: Date): Promise<void> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const { url } = await lock(tx, merchant, endpointId)
    // There may be millions of messages: the sweep takes them, and then the row.
    await tx.webhookEndpoint.update({ where: { id: endpointId }, data: { removedAt: now, updatedAt: now } })
    await record(tx, merchant, now, { type: 'webhook_endpoint.removed', organizationId, data: { url } })
  })
}

// ---------------------------------------------------------------- messages

const offNow = () => new Refusal('CONFLICT', 'This endpoint is switched off. Switch it on first.')

/** Sends an endpoint an example, of any type it could get. Vendors know no ping: their receivers get the first type they know. */
export async function sendTest(
  merchant: Merchant,
  { endpointId, type }: { endpointId: string; type: AnyWebhookType | typeof PING },
  now: Date,
): Promise<{ messageId: string }> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  const id = newId(now)
  await prisma.$transaction(async (tx) => {
    const { disabledAt, ...endpoint } = await lock(tx, merchant, endpointId)
    if (disabledAt) throw offNow()
    const format = endpoint.format as WebhookFormat
    const [first] = typesOfFormat(format)
    const sent = type === PING && format !== 'latchkey' && first ? first : type
    if (sent !== PING) assertHasTypes(format, [sent])
    await tx.webhookMessage.create({ data: { id, organizationId, endpointId, type: sent, dueAt: now, createdAt: now } })
  })
  return { messageId: id }
}

const again = (now: Date) => ({ state: 'waiting', attempts: 0, dueAt: now, settledAt: null }) as const

/** Sends a message once more, whatever became of it, with the same id. One that waits is sent now. */
export async function resendMessage(merchant: Merchant, messageId: string, now: Date): Promise<void> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const where = { id: messageId, organizationId }
    const message = isId(messageId) && (await tx.webhookMessage.findFirst({ where, select: { endpointId: true } }))
    if (!message) throw notFound('webhook message')
    const { disabledAt } = await lock(tx, merchant, message.endpointId)
    if (disabledAt) throw offNow()
    // One that is being sent at the moment is.
    await tx.webhookMessage.updateMany({ where: { ...where, lease: null }, data: again(now) })
  })
}

/** Sends what failed since then once more; tells how many messages that are. */
export async function resendFailed(
  merchant: Merchant,
  { endpointId, since }: { endpointId: string; since: Date },
  now: Date,
): Promise<{ messages: number }> {
  assertMay(merchant, 'webhooks.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const { disabledAt } = await lock(tx, merchant, endpointId)
    if (disabledAt) throw offNow()
    const { count } = await tx.webhookMessage.updateMany({
      where: { organizationId, endpointId, state: { in: ['failed', 'gone'] }, createdAt: { gte: since } },
      data: { ...again(now), lease: null },
    })
    return { messages: count }
  })
}

// ---------------------------------------------------------------- what is not kept

const PURGE_BATCH = 5_000

/** Removes what was sent before then and what belongs to endpoints that are gone. For the hourly sweep; may run twice. */
export async function purgeMessages(_system: System, keptSince: Date, now: Date): Promise<number> {
  let gone = 0
  const endpoints = await prisma.webhookEndpoint.findMany({ select: { id: true, disabledAt: true, removedAt: true } })
  for (const { id, disabledAt, removedAt } of endpoints) {
    const before = removedAt ? now : keptSince
    for (;;) {
      const count = await prisma.$executeRaw`DELETE FROM webhook_messages WHERE id IN (
        SELECT id FROM webhook_messages WHERE endpoint_id = ${id}::uuid AND created_at < ${before}
          AND (state <> 'waiting' OR ${removedAt !== null}) ORDER BY created_at LIMIT ${PURGE_BATCH})`
      gone += count
      if (count < PURGE_BATCH) break
    }
    for (;;) {
      if (!disabledAt) break
      const count =
        await prisma.$executeRaw`UPDATE webhook_messages SET state = 'gone', settled_at = ${now} WHERE id IN (
        SELECT id FROM webhook_messages WHERE endpoint_id = ${id}::uuid AND state = 'waiting' LIMIT ${PURGE_BATCH})`
      if (count < PURGE_BATCH) break
    }
    if (removedAt) await prisma.webhookEndpoint.deleteMany({ where: { id, removedAt: { not: null } } })
  }
  return gone
}
