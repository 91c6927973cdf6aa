// People who watch the live page, as a process of its own. In: one JSON text on standard input (WatchOrder); out: "ready" when all of them
// watch, then one JSON line (WatchResult).

import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '#lib/base/ids.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { sessionHeader } from '../session.ts'
import { watchLive } from './watch.ts'

export type WatchOrder = { url: string; organizationId: string; watchers: number; seconds: number }

/** Messages of all, calls of one; `worstLagMs`: between a call's answer and its message. */
export type WatchResult = { messages: number; rows: number; counted: number; worstLagMs: number; ended: number }

const { url, organizationId, watchers, seconds } = JSON.parse(await text(process.stdin)) as WatchOrder
const { slug } = await prisma.organization.findUniqueOrThrow({ where: { id: organizationId } })
const { id: userId } = await prisma.user.create({ data: { email: `watcher-${newId()}@example.com` } })
await prisma.membership.create({ data: { organizationId, userId, role: 'viewer' } })
const { cookie } = await sessionHeader(userId)

const all = Array.from({ length: watchers }, () => watchLive(url, `/api/live/${slug}?log=minute`, cookie))
await Promise.all(all.map(({ began }) => began))
let ended = 0
for (const { over } of all) void over.then(() => ended++)
console.log('ready')
await sleep(seconds * 1_000)
const result: WatchResult = {
  messages: all.reduce((sum, watching) => sum + watching.messages(), 0),
  rows: all[0]?.calls.size ?? 0,
  counted: all[0]?.counted() ?? 0,
  worstLagMs: Math.max(...all.map(({ lag }) => lag())),
  ended,
}
for (const { cut } of all) cut()
await prisma.$disconnect()
await pool.end()
console.log(JSON.stringify(result))
