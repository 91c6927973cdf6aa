// What the same database does without us: one prepared UPDATE per transaction, 16 connections, no HTTP. In and out like generator.ts.
import { text } from 'node:stream/consumers'
import pg from 'pg'
import type { LoadResult } from './generator.ts'

/** As LoadOrder, for a database. */
export type ReferenceOrder = { warmSeconds: number; seconds: number; connections: number; organizationId: string }

const order = JSON.parse(await text(process.stdin)) as ReferenceOrder
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: order.connections })
const { rows } = await pool.query<{ id: string }>(
  'SELECT id FROM license_keys WHERE organization_id = $1 LIMIT 50000',
  [order.organizationId],
)
const start = performance.now() + order.warmSeconds * 1_000
const end = start + order.seconds * 1_000
const times: number[] = []
await Promise.all(
  Array.from({ length: order.connections }, async () => {
    const client = await pool.connect()
    for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
      await client.query({
        name: 'reference',
        text: 'UPDATE license_keys SET validations = validations + 1, last_validated_at = now() WHERE id = $1 RETURNING id, status, expires_at',
        values: [rows[Math.floor(Math.random() * rows.length)]?.id],
      })
      const now = performance.now()
      if (sentAt >= start && now <= end) times.push(now - sentAt)
    }
    client.release()
  }),
)
await pool.end()
times.sort((a, b) => a - b)
const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
const result: LoadResult = {
  rate: times.length / order.seconds,
  p50: at(0.5),
  p95: at(0.95),
  p99: at(0.99),
  errors: 0,
}
console.log(JSON.stringify(result))
