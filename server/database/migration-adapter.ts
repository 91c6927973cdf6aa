// How Prisma's schema engine (WASM, the very one of the Prisma CLI) reaches PostgreSQL: one node-postgres session.
// Not @prisma/adapter-pg: that one does not know the catalogs' "char" type, splits scripts on every ";" (which breaks functions and
// DO blocks) and, given a connection string, uses the main database as its shadow database.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'

/** Opens the engine on one database; `explain` turns what it throws into the sentence behind it. */
export async function openEngine(databaseUrl: string, schema: { path: string; content: string }) {
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(databaseUrl))
  const Engine = await loadEngine()
  const engine = await Engine.new({ datamodels: [[schema.path, schema.content]] }, () => {}, factory)
  const explain = (error: unknown): string => {
    const { message, code } = error as { message: string; code?: string }
    const id = Number(/External error id#(\d+)/.exec(message)?.[1] ?? -1)
    const cause = factory.errorRegistry.consumeError(id)?.error
    return cause instanceof Error ? cause.message : code ? `${code}: ${message}` : message
  }
  return { engine, explain }
}

/** Node cannot import .wasm without a flag, so it is put together by hand, as Prisma's own CLI once did. */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const url = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = (await import(url)) as WebAssembly.ModuleImports & {
    SchemaEngine: typeof SchemaEngine
    __wbg_set_wasm: (exports: WebAssembly.Exports) => void
  }
  const bytes = readFileSync(fileURLToPath(new URL('./schema_engine_bg.wasm', url)))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  const begin = instance.exports.__wbindgen_start as () => void
  begin()
  return glue.SchemaEngine
}

/** Column types by PostgreSQL type number: what the engine asks the catalogs for; anything else is text. */
const columnTypes: Record<number, (typeof ColumnTypeEnum)[keyof typeof ColumnTypeEnum]> = {
  16: ColumnTypeEnum.Boolean,
  18: ColumnTypeEnum.Character,
  20: ColumnTypeEnum.Int64,
  21: ColumnTypeEnum.Int32,
  23: ColumnTypeEnum.Int32,
  26: ColumnTypeEnum.Int64,
  1184: ColumnTypeEnum.DateTime,
  1000: ColumnTypeEnum.BooleanArray,
  1002: ColumnTypeEnum.CharacterArray,
  1005: ColumnTypeEnum.Int32Array,
  1007: ColumnTypeEnum.Int32Array,
  1009: ColumnTypeEnum.TextArray,
  1028: ColumnTypeEnum.Int64Array,
}
const types: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === 1184
      ? (value: string) => value.replace(' ', 'T').replace(/\+00$/, 'Z')
      : pg.types.getTypeParser(id, format as 'text'),
}

async function open(url: string, afterClose?: () => Promise<void>): Promise<SqlDriverAdapter> {
  // One session, not a pool: it holds the advisory lock that makes two deploys wait for each other.
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' })
  await client.connect()
  const run = <Query extends string | pg.QueryConfig | pg.QueryArrayConfig>(query: Query) =>
    client.query(query as pg.QueryArrayConfig).catch((error: pg.DatabaseError) => {
      const { code, message, severity, detail, column, hint } = error
      if (!code) throw error
      const cause = {
        kind: 'postgres',
        originalCode: code,
        originalMessage: message,
        code,
        message,
        severity,
        detail,
        column,
        hint,
      }
      throw Object.assign(new Error(message), { name: 'DriverAdapterError', cause })
    })
  return {
    provider: 'postgres',
    adapterName: 'latchkey',
    async queryRaw({ sql, args }) {
      const { fields, rows } = await run({ text: sql, values: args, rowMode: 'array', types })
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => columnTypes[field.dataTypeID] ?? ColumnTypeEnum.Text),
        rows,
      }
    },
    executeRaw: async ({ sql, args }) => (await run({ text: sql, values: args })).rowCount ?? 0,
    // The simple protocol: the whole file at once, in one implicit transaction.
    executeScript: async (sql) => void (await run(sql)),
    startTransaction: () => Promise.reject(new Error('The schema engine does not use transactions of its own.')),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    async dispose() {
      await client.end()
      await afterClose?.()
    },
  }
}

function adapterFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: 'latchkey',
    connect: () => open(url),
    async connectToShadowDb() {
      const name = `latchkey_shadow_${process.pid}_${Date.now()}`
      const admin = await open(url)
      await admin.executeScript(`CREATE DATABASE "${name}" TEMPLATE template0`)
      return open(Object.assign(new URL(url), { pathname: `/${name}` }).href, async () => {
        await admin.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
        await admin.dispose()
      })
    },
  }
}
