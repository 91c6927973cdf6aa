import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { checking, openBackup, readBackup } from './backup-file.ts'

const header = `-- Latchkey backup ${JSON.stringify({ format: 1, createdAt: '2026-11-28T12:00:00.000Z', latchkey: '0.1.0', migrations: ['a'] })}\n`

/** A backup of these tables, as it should be. */
function backupOf(tables: Record<string, string[]>, counters: Record<string, number> = {}): string {
  const body =
    header +
    Object.entries(tables)
      .map(([name, rows]) => `COPY "${name}" ("a", "b") FROM stdin;\n${rows.map((row) => `${row}\n`).join('')}\\.\n`)
      .join('') +
    Object.entries(counters)
      .map(([name, last]) => `SELECT setval('${name}', ${last}, true);\n`)
      .join('')
  const rows = Object.fromEntries(Object.entries(tables).map(([name, lines]) => [name, lines.length]))
  return `${body}-- ${JSON.stringify({ rows, sha256: createHash('sha256').update(body).digest('hex') })}\n`
}

/** The bytes of a text in pieces of these sizes, over and over. */
async function* inPieces(text: string, sizes: number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

const row = fc.string({ unit: fc.constantFrom('a', '\\N', '\\\\', '\\.x', '\t', 'é', '-- ', '{') })

test('a backup is read as it was written, however it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.array(row), { maxLength: 4, selector: (rows) => rows }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async (lists, sizes) => {
        const tables = Object.fromEntries(lists.map((rows, i) => [`t${i}`, rows]))
        const seen: Record<string, string> = {}
        const counters: [string, string][] = []
        const { rows } = await readBackup(inPieces(backupOf(tables, { t_number_seq: 7 }), sizes), {
          header: ({ migrations }) => expect(migrations).toEqual(['a']),
          table: async ({ name, columns }, chunks) => {
            expect(columns).toEqual(['a', 'b'])
            const parts: Buffer[] = []
            for await (const chunk of chunks) parts.push(chunk)
            seen[name] = Buffer.concat(parts).toString()
            return (tables[name] ?? []).length
          },
          counter: (name, last) => void counters.push([name, last]),
        })
        for (const [name, list] of Object.entries(tables))
          expect(seen[name]).toBe(list.map((each) => `${each}\n`).join(''))
        expect(counters).toEqual([['t_number_seq', '7']])
        expect(rows).toEqual(Object.fromEntries(Object.entries(tables).map(([name, list]) => [name, list.length])))
      },
    ),
  )
})

const whole = backupOf({ keys: ['1\tx', '2\ty', '3\tz'], devices: [] }, { keys_number_seq: 3 })

test('whatever is missing or changed is noticed', async () => {
  await expect(readBackup(inPieces(whole, [7]), checking)).resolves.toMatchObject({ rows: { keys: 3, devices: 0 } })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.constantFrom('cut', 'changed', 'left out'),
      async (at, how) => {
        const broken =
          how === 'cut'
            ? whole.slice(0, at)
            : how === 'changed'
              ? whole.slice(0, at) + (whole[at] === 'q' ? 'r' : 'q') + whole.slice(at + 1)
              : whole.slice(0, at) + whole.slice(at + 1)
        await expect(readBackup(inPieces(broken, [64]), checking)).rejects.toThrow(/backup/)
      },
    ),
    { numRuns: 300 },
  )
})

test.each([
  ['nothing', ''],
  ['another file', 'PK\u0003\u0004\n'],
  ['a dump of something else', '-- PostgreSQL database dump\n'],
  ['a later format', whole.replace('"format":1', '"format":2')],
  ['two backups', whole + whole],
  ['a statement of its own', whole.replace('COPY "devices"', 'DROP TABLE keys;\nCOPY "devices"')],
])('%s is refused with a sentence', async (_name, text) => {
  await expect(readBackup(inPieces(text, [1024]), checking)).rejects.toThrow(/backup/)
})

const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-backup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const packed = zstdCompressSync(whole)
const changed = (at: number) => Buffer.concat([packed.subarray(0, at), Buffer.from('X'), packed.subarray(at + 1)])

test.each<[string, Uint8Array, RegExp]>([
  ['an empty file', new Uint8Array(), /^This backup is damaged \(/],
  ['one that is cut off', packed.subarray(0, packed.length - 9), /^This backup is damaged \(/],
  ['one with a changed byte', changed(40), /^This backup is damaged \(/],
  ['one that is not packed', Buffer.from(whole), /^This file is not a Latchkey backup\.$/],
  ['a ZIP archive', Buffer.from('PK\u0003\u0004 and so on'), /^This file is not a Latchkey backup\.$/],
])('%s is told in a sentence', async (name, bytes, sentence) => {
  const file = path.join(folder, name)
  writeFileSync(file, bytes)
  await expect(readBackup(openBackup(file), checking)).rejects.toThrow(sentence)
})

test('a file is read as it was packed', async () => {
  const file = path.join(folder, 'whole')
  writeFileSync(file, packed)
  await expect(readBackup(openBackup(file), checking)).resolves.toMatchObject({ rows: { keys: 3, devices: 0 } })
  await expect(readBackup(openBackup(`${file}-not`), checking)).rejects.toThrow('ENOENT')
})
