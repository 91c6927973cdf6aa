import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { columnsOf, contents, files } from './contents.ts'

const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8')
const enums = [...schema.matchAll(/^enum (\w+) \{/gm)].map(([, name = '']) => name)
const scalars = ['String', 'Int', 'BigInt', 'Float', 'Boolean', 'DateTime', 'Json', 'Bytes', ...enums]

/** By table its columns, as the schema has them; those of bytes apart. */
const tables = new Map(
  [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].map(([, body = '']) => {
    const columns = [...body.matchAll(/^ {2}(\w+)\s+(\w+)(?:\[\])?\??(.*)$/gm)].filter(([, , type = '']) =>
      scalars.includes(type),
    )
    const nameOf = ([, field = '', , rest = '']: string[]) => /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field
    const bytes = columns.filter(([, , type]) => type === 'Bytes')
    return [/@@map\("(\w+)"\)/.exec(body)?.[1] ?? '', { columns: columns.map(nameOf), bytes: bytes.map(nameOf) }]
  }),
)

test('of every table and column it is said whether an archive has it', () => {
  expect(Object.keys(contents).sort()).toEqual([...tables.keys()].sort())
  for (const { table, left = {}, opened, ...content } of files) {
    const said = [...columnsOf(content), ...Object.keys(left), ...(opened ? [opened.column] : [])]
    expect(said.sort(), table).toEqual([...(tables.get(table)?.columns ?? [])].sort())
  }
})

test('nothing sealed or secret goes out as it is stored', () => {
  for (const { table, ...content } of files)
    for (const column of columnsOf(content)) {
      expect(tables.get(table)?.bytes, `${table}.${column}`).not.toContain(column)
      expect(column, table).not.toMatch(/hash|token|secret|credential|password|cipher|payload/)
    }
})

test('a table that names an organization is in it, or is no table of the organization’s own', () => {
  const without = [...tables].flatMap(([table, { columns }]) =>
    columns.includes('organization_id') && typeof contents[table] === 'string' ? [table] : [],
  )
  expect(without.sort()).toEqual(['archives', 'customer_sessions', 'device_counts', 'device_requests', 'key_counts'])
})

test('no two files have one name', () => {
  expect(new Set(files.map(({ file }) => file)).size).toBe(files.length)
})
