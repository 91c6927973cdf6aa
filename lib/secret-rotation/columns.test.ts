import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { otherColumns, sealedColumns, tokenColumns } from './columns.ts'

/** `table.column` of every column of bytes. */
function byteColumns(schema: string): string[] {
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1]
    return [...body.matchAll(/^ {2}(\w+)\s+Bytes\b(.*)$/gm)].map(
      ([, field, rest = '']) => `${table}.${/@map\("(\w+)"\)/.exec(rest)?.[1] ?? field}`,
    )
  })
}

test('every column of bytes is rewritten with the master secret, or there is a reason why not', () => {
  const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8')
  const listed = [
    ...sealedColumns.flatMap(({ table, column, hashes = [] }) =>
      [column, ...hashes.map((hash) => hash.column)].map((name) => `${table}.${name}`),
    ),
    ...tokenColumns.map(({ table, column }) => `${table}.${column}`),
    ...Object.keys(otherColumns),
  ]
  expect(new Set(listed).size).toBe(listed.length)
  expect(byteColumns(schema).sort()).toEqual(listed.sort())
})
