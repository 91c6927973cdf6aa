import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fates } from './fates.ts'

/** `table.column` of every text, JSON and column of bytes, as the schema has them. Ids (uuid) name nobody. */
function textColumns(schema: string): string[] {
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1]
    return [...body.matchAll(/^ {2}(\w+)\s+(?:String|Json|Bytes)\b(.*)$/gm)]
      .filter(([, , rest = '']) => !rest.includes('@db.Uuid'))
      .map(([, field, rest = '']) => `${table}.${/@map\("(\w+)"\)/.exec(rest)?.[1] ?? field}`)
  })
}

test('for every column that can hold a name, it is said what becomes of it', () => {
  const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8')
  const said = Object.entries(fates).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  )
  expect(said.sort()).toEqual(textColumns(schema).sort())
})
