// Four receivers of webhooks of which one never answers, as a process of its own, with messages to come. In: one JSON text on standard
// input (ReceiveOrder); out: the line "ready" when everything is written and sending may begin, then one JSON line (ReceiveResult).
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { record } from '#lib/events/commands.ts'
import { createEndpoint, updateEndpoint } from '#lib/webhook-endpoints/commands.ts'
import { CreateEndpoint } from '#lib/webhook-endpoints/schema.ts'

export type ReceiveOrder = { organizationId: string; messages: number; seconds: number }

/** How many messages came a second, and whether those that answer had all of theirs before the time was over. */
export type ReceiveResult = { rate: number; isDrained: boolean }

const RECEIVERS = 4
const CHUNK = 250

const { organizationId, messages, seconds } = JSON.parse(await text(process.stdin)) as ReceiveOrder
const me: Member = {
  ...{ kind: 'merchant', userId: newId(), email: 'bench@example.com', name: 'Bench', organizationId, role: 'owner' },
}

let arrived = 0
const endpoints: string[] = []
const pause = (until: Date | null) =>
  prisma.webhookEndpoint.updateMany({ where: { id: { in: endpoints } }, data: { pausedUntil: until } })
for (let i = 0; i < RECEIVERS; i++) {
  const hangs = i === RECEIVERS - 1
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (hangs) return
      arrived++
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const order = CreateEndpoint.parse({ url, types: ['license_key.updated'] })
  endpoints.push((await createEndpoint(me, order, '2026-11-28', new Date())).endpointId)
}

await pause(new Date(Date.now() + 3_600_000))
const keys = await prisma.licenseKey.findMany({ where: { organizationId }, select: { id: true }, take: CHUNK })
const events = keys.map(({ id }) => ({ type: 'license_key.updated', organizationId, licenseKeyId: id }) as const)
for (let written = 0; written < messages / RECEIVERS; written += CHUNK)
  await prisma.$transaction((tx) => record(tx, me, new Date(), ...events), { timeout: 30_000 })

console.log('ready')
await pause(null)
const expected = (messages / RECEIVERS) * (RECEIVERS - 1)
const began = performance.now()
while (arrived < expected && performance.now() - began < seconds * 1_000) await sleep(20)
const result: ReceiveResult = { rate: arrived / ((performance.now() - began) / 1_000), isDrained: arrived >= expected }
console.log(JSON.stringify(result))
for (const id of endpoints) await updateEndpoint(me, id, { disabled: true }, new Date())
await prisma.$disconnect()
await pool.end()
process.exit(0)
