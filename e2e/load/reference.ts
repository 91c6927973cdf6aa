// What the same database does without us: one prepared UPDATE per transaction, 16 connections, no HTTP. Run as a process of its own:
// seconds in argv, one JSON line out.
import pg from 'pg'

const CONNECTIONS = 16
const seconds = Number(process.argv[2] ?? 5)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS })
const { rows } = await pool.query<{ id: string }>('SELECT id FROM license_keys LIMIT 10000')
const end = performance.now() + seconds * 1_000
const times: number[] = []
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const client = await pool.connect()
    while (performance.now() < end) {
      const id = rows[Math.floor(Math.random() * rows.length)]?.id
      const start = performance.now()
      await client.query({
        name: 'reference',
        text: 'UPDATE license_keys SET validations = validations + 1, last_validated_at = now() WHERE id = $1 RETURNING id, status, expires_at',
        values: [id],
      })
      times.push(performance.now() - start)
    }
    client.release()
  }),
)
await pool.end()
times.sort((a, b) => a - b)
const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
console.log(JSON.stringify({ rate: times.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99), errors: 0 }))
