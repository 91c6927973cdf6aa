import type { JsonObject } from '../base/json.ts'

/** A column's type in PostgreSQL, and what a row holds for it: bytes are hexadecimal, times ISO, for rows travel as one JSON text. */
export type Typed<Value> = { sql: string; holds?: Value }
export const typed = <Value>(sql: string): Typed<Value> => ({ sql })
export const orNull = <Value>({ sql }: Typed<Value>): Typed<Value | null> => ({ sql })

export const uuid = typed<string>('uuid')
export const text = typed<string>('text')
export const bytes = typed<string>('bytea')
export const time = typed<string>('timestamptz')
export const flag = typed<boolean>('boolean')
export const int = typed<number>('int')
export const bigint = typed<number>('bigint')
export const json = typed<JsonObject>('jsonb')
