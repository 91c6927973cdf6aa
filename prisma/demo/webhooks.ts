// The demo's webhook endpoints: what they were told of is sent by the product itself, with a clock that is moved and answers as they would
// have come.
import { apiVersions } from '#lib/api/endpoint.ts'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { NoAnswer, type Outside, type OutsideAnswer } from '#lib/http/outside.ts'
import { openSender } from '#lib/webhook-delivery/sender.ts'
import { createEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { CreateEndpoint } from '#lib/webhook-endpoints/schema.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const system = { kind: 'system', name: 'Latchkey' } as const

const shop = {
  url: 'https://shop.inkwell.example/webhooks/latchkey',
  description: 'Shop server',
  types: ['license_key.issued', 'license_key.revoked', 'license_key.restored', 'purchase.created', 'purchase.refunded'],
  headers: { authorization: 'Bearer of-the-demo' },
}
const crm = { url: 'https://crm.inkwell.example/hooks/licenses', description: 'Customer database' }

/** Endpoints were made so long ago, and the second one broke so long ago. */
const MADE = 26
const BROKEN = 11.5

/** What a receiver says, so long ago. */
type Said = (ago: number) => [status: number, body: string] | NoAnswer

const shopSays: Said = (ago) =>
  // It was put in order anew for a quarter of an hour.
  ago < 9 * DAY && ago > 9 * DAY - HOUR / 4 ? [502, 'Bad Gateway'] : [200, '{"received":true}']

const crmSays: Said = (ago) => {
  if (ago > BROKEN * DAY) return [204, '']
  if (ago > (BROKEN - 1) * DAY)
    return [500, '<h1>Internal Server Error</h1>\n<p>SQLSTATE[HY000] [2002] No such file</p>']
  return new NoAnswer('unreachable', 'Nothing listens there: the connection was refused.')
}

/** Two endpoints and what was sent to them of what is written meanwhile: one works, the other was given up. */
export async function addWebhooks(owner: Member, now: Date, write: () => Promise<void>): Promise<void> {
  const { organizationId } = owner
  const made = new Date(now.getTime() - MADE * DAY)
  const version = apiVersions[apiVersions.length - 1] as string
  for (const order of [shop, crm]) await createEndpoint(owner, CreateEndpoint.parse(order), version, made)
  await write()
  // What was sold before that went to nobody.
  await prisma.webhookMessage.deleteMany({ where: { organizationId, createdAt: { lt: made } } })
  await sendAll(organizationId, now)
  // Answers that were only made up took no time.
  await prisma.$executeRaw`UPDATE webhook_attempts a SET duration_ms = 40 + (ascii(m.id::text) * 7 + a.number * 31) % 160
    FROM webhook_messages m WHERE m.id = a.message_id AND m.organization_id = ${organizationId}::uuid`
  // Nor did what was sold after one of them was given up.
  const given = await prisma.webhookEndpoint.findMany({ where: { organizationId, disabledAt: { not: null } } })
  for (const { id, disabledAt } of given)
    await prisma.webhookMessage.deleteMany({ where: { endpointId: id, createdAt: { gt: disabledAt ?? now } } })
  await prisma.mail.updateMany({
    where: { organizationId, template: 'webhook-off' },
    data: { status: 'sent', sentAt: given[0]?.disabledAt ?? now },
  })
}

async function sendAll(organizationId: string, now: Date): Promise<void> {
  let clock = now
  const answer = (said: ReturnType<Said>): OutsideAnswer => {
    if (said instanceof NoAnswer) throw said
    return { status: said[0], header: () => null, body: Buffer.from(said[1]), isWhole: true }
  }
  const way: Outside = {
    ask: async (url) => answer((url === shop.url ? shopSays : crmSays)(now.getTime() - clock.getTime())),
    whyNot: async () => null,
    close: () => {},
  }
  const waiting = { organizationId, state: 'waiting' } as const
  // All of it is written already. What had not happened yet by the clock is held, so that nothing makes it due.
  await prisma.webhookMessage.updateMany({ where: waiting, data: { lease: newId() } })
  let after = new Date(0)
  for (;;) {
    const { _min } = await prisma.webhookMessage.aggregate({
      where: { ...waiting, dueAt: { gt: after, lte: now } },
      _min: { dueAt: true },
    })
    if (!_min.dueAt) return
    clock = new Date(_min.dueAt.getTime() + 400)
    const sender = openSender(system, { clock: () => clock, random: () => 0.5, way, organizationId })
    // What waits for another message is sent when that is.
    after = (await sender.sendDue()) > 0 ? new Date(0) : _min.dueAt
  }
}
