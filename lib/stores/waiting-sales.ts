import '#server-only'
import { prisma } from '../database/client.ts'

/** A sale that waits until somebody says which product it is: enough to know it again. */
export type WaitingSale = {
  ref: string
  line: string
  buyer: string | null
  /** What was paid for the whole order or subscription so far, in the currency's smallest unit. */
  amount: number | null
  currency: string | null
  boughtAt: Date
}

/** So many of each product are shown. */
const SHOWN = 4

/** The newest sales of a connection that wait for a product to be placed, by the store's id of it. Whoever asks has the connection. */
export async function waitingSales(connectionId: string): Promise<Map<string, WaitingSale[]>> {
  const rows = await prisma.$queryRaw<(WaitingSale & { product: string })[]>`
    SELECT l.product, l.ref, l.line, l.buyer, p.amount, p.currency, l.bought_at AS "boughtAt" FROM (
      SELECT w.ref, w.line, w.register #>> '{fields,productIds,value,-1}' AS product,
        COALESCE(w.register #>> '{fields,buyer,value,email}',
          (SELECT c.register #>> '{fields,email,value}' FROM store_customers c WHERE c.connection_id = w.connection_id
            AND c.customer = w.register #>> '{fields,buyer,value,ref}'),
          w.register #>> '{fields,buyer,value,name}') AS buyer,
        COALESCE((w.register #>> '{fields,purchasedAt,value}')::timestamptz, w.changed_at) AS bought_at,
        row_number() OVER (PARTITION BY w.register #>> '{fields,productIds,value,-1}'
          ORDER BY w.changed_at DESC, w.ref, w.line) AS at
      FROM store_lines w WHERE w.connection_id = ${connectionId}::uuid AND w.waits_for = 'mapping') l
    LEFT JOIN LATERAL (
      SELECT sum((m.register #>> '{fields,amount,value}')::numeric)::float8 AS amount,
        min(m.register #>> '{fields,currency,value}') AS currency
      FROM store_payments m WHERE m.connection_id = ${connectionId}::uuid AND m.ref = l.ref) p ON true
    WHERE l.at <= ${SHOWN}::int ORDER BY l.product, l.bought_at DESC, l.ref, l.line`
  const sales = new Map<string, WaitingSale[]>()
  for (const { product, ...sale } of rows) sales.set(product, [...(sales.get(product) ?? []), sale])
  return sales
}
