// Endpoints with messages that wait for them, in the database that the environment names: as a process of its own, because whoever tests
// has another one open. In: one JSON text on standard input (MessagesOrder); out: one JSON line (MadeEndpoint[]).
import { text } from 'node:stream/consumers'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { record } from '#lib/events/commands.ts'
import { createEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { CreateEndpoint } from '#lib/webhook-endpoints/schema.ts'
import { makeKeys } from './keys.ts'

export type MessagesOrder = { urls: string[]; events: number; keys: number }
export type MadeEndpoint = { endpointId: string; secret: string }

const { urls, events: total, keys: count } = JSON.parse(await text(process.stdin)) as MessagesOrder
const { organizationId } = await makeKeys(count)
const me: Member = {
  ...{ kind: 'merchant', userId: newId(), email: 'mira@shop.example', name: 'Mira', organizationId, role: 'owner' },
}
const keys = await prisma.licenseKey.findMany({ where: { organizationId }, select: { id: true } })
const made: MadeEndpoint[] = []
for (const url of urls) {
  const order = CreateEndpoint.parse({ url, types: ['license_key.updated'] })
  made.push(await createEndpoint(me, order, '2026-11-28', new Date()))
}
for (let done = 0; done < total; done += count) {
  const data = { changes: [`${done / count}`] }
  const events = keys.map(
    ({ id }) => ({ type: 'license_key.updated', organizationId, licenseKeyId: id, data }) as const,
  )
  await prisma.$transaction((tx) => record(tx, me, new Date(), ...events), { timeout: 30_000 })
}
console.log(JSON.stringify(made))
await prisma.$disconnect()
await pool.end()
process.exit(0)
