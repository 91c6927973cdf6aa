// What comes and goes around a big organization: mails, what a store sent, and what webhook endpoints were sent.
import type pg from 'pg'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { seal } from '#lib/secrets/secrets.ts'
import { connectStore } from '#lib/stores/commands.ts'
import { newSecret, sealSecrets } from '#lib/webhook-endpoints/secrets.ts'

/** Two pages more of everything, of which one thing each is opened. */
export type Traffic = { connectionId: string; deliveryId: string; endpointId: string; messageId: string }

// As long as they are kept.
const MESSAGE_DAYS = 30
const YEARS = 3

/** Writes mails, deliveries and messages in proportion to the keys; nothing of it waits to be sent or handled. */
export async function makeTraffic(client: pg.PoolClient, me: Member, keys: number): Promise<Traffic> {
  const now = new Date()
  const { organizationId } = me
  const order = { store: 'custom', mode: 'live', name: 'Web shop' } as const
  const { connectionId } = await connectStore(me, order, now)
  const endpoints: string[] = []
  for (const host of ['crm', 'helpdesk']) {
    const id = newId(now)
    const own = { id, organizationId, url: `https://${host}.example/hooks`, version: '2026-11-28' }
    const secrets = sealSecrets([{ secret: newSecret(), until: null }])
    await prisma.webhookEndpoint.create({ data: { ...own, secrets, createdAt: now, updatedAt: now } })
    endpoints.push(id)
  }
  const content = seal('store', JSON.stringify({ headers: { 'content-type': 'application/json' }, body: 'e30=' }))
  const body = seal('webhook', JSON.stringify({ type: 'license_key.updated', data: {} }))
  const payload = seal('mail-payload', '{}')
  // Newest last; ids are in the order of their times, as ids of version 7 are.
  await client.query(`
    CREATE OR REPLACE FUNCTION pg_temp.back(i int, n int, span interval) RETURNS timestamptz LANGUAGE sql STABLE AS
      $$ SELECT date_trunc('milliseconds', '${now.toISOString()}'::timestamptz - span * ((n - i)::float8 / n)) $$;
    CREATE OR REPLACE FUNCTION pg_temp.row_id(i int, salt text, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
      $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(m, 1, 3) || '8' || substr(m, 4, 15))::uuid
         FROM md5('${organizationId}' || salt || i) m $$`)
  const years = `interval '${YEARS} years'`
  const days = `interval '${MESSAGE_DAYS} days'`
  await client.query(
    `INSERT INTO mails (id, organization_id, license_key_id, purchase_id, template, "to", payload, status, attempts, last_error, smtp_code,
       due_at, created_at, sent_at)
     SELECT pg_temp.row_id(n.i, 'mail', n.at), $1, k.id, k.purchase_id,
       (ARRAY['license-key','key-expiring','key-revoked','purchase-news'])[1 + n.i % 4], c.email, $3,
       (CASE WHEN n.i % 200 = 7 THEN 'failed' WHEN n.i % 90 = 5 THEN 'dropped' ELSE 'sent' END)::mail_status, 1,
       CASE WHEN n.i % 200 = 7 THEN '550 no such mailbox' END, CASE WHEN n.i % 200 = 7 THEN 550 END, n.at, n.at, n.at
     FROM (SELECT i, pg_temp.back(i, $2::int * 3 / 2, ${years}) AS at FROM generate_series(1, $2::int * 3 / 2) i) n
     JOIN (SELECT l.id, l.purchase_id, l.customer_id, row_number() OVER (ORDER BY l.created_at, l.id) AS nth FROM license_keys l
       WHERE l.organization_id = $1) k ON k.nth = 1 + (n.i - 1) % $2::int
     JOIN customers c ON c.id = k.customer_id`,
    [organizationId, keys, payload],
  )
  await client.query(
    `INSERT INTO store_deliveries (id, connection_id, key, type, state, content, outcome, attempts, due_at, occurred_at, received_at, handled_at)
     SELECT pg_temp.row_id(n.i, 'delivery', n.at), $1, 'evt_' || n.i, (ARRAY['order.paid','order.updated','subscription.renewed'])[1 + n.i % 3],
       (CASE WHEN n.i % 500 = 3 THEN 'failed' WHEN n.i % 20 = 9 THEN 'ignored' ELSE 'done' END)::delivery_state, $3,
       ARRAY['Nothing changed.'], 1, n.at, n.at, n.at, n.at
     FROM (SELECT i, pg_temp.back(i, $2::int * 3 / 2, ${years}) AS at FROM generate_series(1, $2::int * 3 / 2) i) n`,
    [connectionId, keys, content],
  )
  await client.query(
    `WITH made AS (
       INSERT INTO webhook_messages (id, organization_id, endpoint_id, type, license_key_id, state, attempts, due_at, last_status, body,
         created_at, settled_at)
       SELECT pg_temp.row_id(n.i, 'message', n.at), $1, ($4::uuid[])[1 + n.i % 2],
         (ARRAY['license_key.updated','activation.created','license_key.issued'])[1 + n.i % 3], k.id,
         (CASE WHEN n.i % 300 = 7 THEN 'failed' ELSE 'sent' END)::webhook_state, 1, n.at, CASE WHEN n.i % 300 = 7 THEN 500 ELSE 200 END, $3,
         n.at, n.at
       FROM (SELECT i, pg_temp.back(i, $2::int * 2, ${days}) AS at FROM generate_series(1, $2::int * 2) i) n
       JOIN (SELECT l.id, row_number() OVER (ORDER BY l.created_at, l.id) AS nth FROM license_keys l WHERE l.organization_id = $1) k
         ON k.nth = 1 + (n.i * 7) % $2::int
       RETURNING id, created_at, last_status)
     INSERT INTO webhook_attempts (message_id, number, at, duration_ms, status, answer) SELECT id, 1, created_at, 80, last_status, 'ok' FROM made`,
    [organizationId, keys, body, endpoints],
  )
  await client.query('VACUUM (ANALYZE) mails, store_deliveries, webhook_messages, webhook_attempts')
  const first = async (sql: string, values: unknown[]) => String((await client.query(sql, values)).rows[0]?.id)
  return {
    connectionId,
    deliveryId: await first('SELECT id FROM store_deliveries WHERE connection_id = $1 LIMIT 1', [connectionId]),
    endpointId: endpoints[0] as string,
    messageId: await first('SELECT id FROM webhook_messages WHERE endpoint_id = $1 LIMIT 1', [endpoints[0]]),
  }
}
