import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sealedColumns, tokenColumns } from './columns.ts'

// Columns of bytes that the master secret has no part in, and those that describe it.
const otherColumns: Record<string, string> = {
  'invitations.token_hash':
    'of a link that is good for days; void when the secret is replaced, and sent anew by who invited',
  'idempotency_keys.request_hash': 'a plain hash, which only tells requests apart',
  'api_answers.request_hash': 'a plain hash, which only tells requests apart',
  'passkeys.public_key': 'a public key, which is no secret',
  'secret_versions.check_hash': 'belongs to its version',
  'secret_versions.check_sealed': 'belongs to its version',
  'secret_versions.kept': 'belongs to its version',
}

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
