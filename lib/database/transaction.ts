import '#server-only'
import type pg from 'pg'
import { fromPrisma } from 'pg-boss'
import type { Tx } from './client.ts'

/** An open transaction that takes statements, whether Prisma holds it or a batch on a connection of the driver's. */
export type Transaction = {
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says; pg-boss asks for the same shape.
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>
}

/** A command's transaction, for those who write in batches too. */
export const ofCommand = (tx: Tx): Transaction => fromPrisma(tx)

/** A batch's transaction, for those who write in commands too. */
export const ofBatch = (client: pg.ClientBase): Transaction => ({
  executeSql: (text, values) => client.query(text, values),
})
