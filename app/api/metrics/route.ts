import { createHash, timingSafeEqual } from 'node:crypto'
import { env } from '#lib/base/env.ts'
import { allSnapshots } from '#lib/base/metrics.ts'
import { type Figure, metricsText } from '#lib/base/metrics-text.ts'
import { watchedWork } from '#lib/jobs/watched.ts'
import { onlyGet } from '../refusals.ts'

export const dynamic = 'force-dynamic'

/** What was counted, for Prometheus: by all processes behind this port together. Without METRICS_TOKEN there is no such address. */
export async function GET(request: Request) {
  const token = env().METRICS_TOKEN
  if (!token) return new Response(null, { status: 404 })
  if (!isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`))
    return new Response('Send the token of METRICS_TOKEN: Authorization: Bearer …\n', {
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="Latchkey metrics"', 'cache-control': 'no-store' },
    })
  const [snapshots, work] = await Promise.all([allSnapshots(), watchedWork().catch(() => null)])
  return new Response(metricsText(snapshots, work ? workFigures(work) : []), {
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  })
}

/** In constant time, whatever their lengths. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}

function workFigures(work: Awaited<ReturnType<typeof watchedWork>>): Figure[] {
  const lines = (value: (count: (typeof work)[keyof typeof work]) => number) =>
    Object.entries(work).map(([kind, count]) => ({ labels: { kind }, value: value(count) }))
  return [
    { name: 'latchkey_work_waiting', help: 'Background work that waits, by kind.', lines: lines((c) => c.waiting) },
    { name: 'latchkey_work_running', help: 'Background work under way, by kind.', lines: lines((c) => c.running) },
    {
      name: 'latchkey_work_failed',
      help: 'Background work that was given up, by kind.',
      lines: lines((c) => c.failed),
    },
    {
      name: 'latchkey_work_oldest_waiting_seconds',
      help: 'How long the oldest that waits has done so, by kind.',
      lines: lines((c) => c.oldestSeconds),
    },
  ]
}

export { onlyGet as DELETE, onlyGet as OPTIONS, onlyGet as PATCH, onlyGet as POST, onlyGet as PUT }
