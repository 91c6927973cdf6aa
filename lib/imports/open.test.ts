import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { lookAt } from './look.ts'
import { open } from './open.ts'
import { COLUMNS_MAX } from './schema.ts'

const now = new Date('2026-11-24T12:00:00.000Z')

async function readAll(...chunks: (string | Uint8Array)[]) {
  const opened = await open(Readable.from(chunks.map((chunk) => Buffer.from(chunk as string))))
  const records: { at: number; fault: string | null; cells: unknown[] }[] = []
  for await (const { at, fault, values } of opened.records)
    records.push({ at, fault, cells: (opened.header ?? ['key', 'email']).map(values) })
  return { ...opened, records }
}

describe('the first lines', () => {
  const lines = 'Key;E-Mail\nAAAA-1111;a@example.com\n'
  test.each<[string, string, number]>([
    ['nothing before', lines, 2],
    ['sep=;', `sep=;\n${lines}`, 3],
    ['a quoted sep=; and a mark', `\uFEFF"sep=;"\r\n${lines.replaceAll('\n', '\r\n')}`, 3],
    ['a title', `Licenses of Inkwell\n${lines}`, 3],
    ['a title with empty cells', `Licenses of Inkwell;\n${lines}`, 3],
    ['a title, a date and an empty line', `Licenses of Inkwell\nAs of 28 November 2026\n\n${lines}`, 5],
    ['a title with commas', `Licenses, devices, people\n${lines}`, 3],
    ['empty lines', `\n\r\n \n${lines}`, 5],
    ['rows of delimiters', `;\n;\n${lines}`, 4],
    ['a hundred thousand empty lines', `${'\n'.repeat(100_000)}${lines}`, 100_002],
  ])('%s', async (_, text, line) => {
    const { header, records } = await readAll(text)
    expect(header).toEqual(['Key', 'E-Mail'])
    expect(records).toEqual([{ at: line, fault: null, cells: ['AAAA-1111', 'a@example.com'] }])
  })

  test.each([
    ['semicolons, with commas in the values', ';', 'a note, with, commas'],
    ['tabs', '\t', 'a;b,c'],
    ['pipes', '|', 'a, b'],
    ['commas', ',', 'a b'],
  ])('%s', async (_, delimiter, note) => {
    const rows = ['key,email,note', `K-1,a@example.com,NOTE`, `K-2,b@example.com,NOTE`]
    const text = rows.map((row) => row.replaceAll(',', delimiter).replace('NOTE', note)).join('\n')
    const { header, records } = await readAll(text)
    expect(header).toEqual(['key', 'email', 'note'])
    expect(records.map(({ cells }) => cells)).toEqual([
      ['K-1', 'a@example.com', note],
      ['K-2', 'b@example.com', note],
    ])
  })

  test('records are never taken for titles', async () => {
    for (const text of ['K-1\nK-2,b@example.com\n', 'a@example.com,K-1\nb@example.com,K-2,x\n']) {
      const { header, records } = await readAll(text)
      expect(header?.[0]).toBe('Column 1')
      expect(records).toHaveLength(2)
    }
    // Words that columns are called by elsewhere stand in a record.
    const { header, records } = await readAll('Kram,Zeug,Ding\nK-1,active,product\nK-2,valid,item\n')
    expect(header).toEqual(['Kram', 'Zeug', 'Ding'])
    expect(records).toHaveLength(2)
  })
})

describe('encodings', () => {
  const text = 'Lizenzschlüssel;Kunde\nÄÖÜ-1111;Ömer\n'
  const windows = Buffer.from(text, 'latin1')
  const utf16 = Buffer.from(text, 'utf16le')
  test.each<[string, (string | Uint8Array)[]]>([
    ['UTF-8', [text]],
    ['Windows-1252', [windows]],
    ['UTF-16 with its mark', [Buffer.from([0xff, 0xfe]), utf16]],
    ['UTF-16 with its mark in one piece', [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])]],
    ['UTF-16, high byte first', [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()]],
    ['UTF-16 without a mark', [utf16]],
  ])('%s', async (name, chunks) => {
    if (name === 'UTF-16 with its mark') chunks = [Buffer.concat(chunks as Uint8Array[])]
    const { header, records } = await readAll(...chunks)
    expect(header).toEqual(['Lizenzschlüssel', 'Kunde'])
    expect(records[0]?.cells).toEqual(['ÄÖÜ-1111', 'Ömer'])
  })

  test('what the first pieces do not tell shows in a later one', async () => {
    const plain = `key,name\n${'K,plain\n'.repeat(20_000)}`
    for (const last of [Buffer.from('Ö-1,Ömer\n', 'latin1'), Buffer.from('Ö-1,Ömer\n')]) {
      const { records } = await readAll(plain, last)
      expect(records.at(-1)?.cells).toEqual(['Ö-1', 'Ömer'])
    }
  })

  test('characters outside the first plane survive being read in pieces', async () => {
    const name = '😀'.repeat(40_001)
    const { records } = await readAll(`key,name\nK,${name}\n`)
    expect(records[0]?.cells).toEqual(['K', name])
  })
})

test('numbers written as text, columns without end, lines with too many cells', async () => {
  const { header, records } = await readAll(
    'key,email\n="00123",a@example.com\nK-2,b@example.com,oops\nK-3\nK-4,d,,,\n',
  )
  expect(header).toEqual(['key', 'email'])
  expect(records.map(({ cells }) => cells[0])).toEqual(['00123', 'K-2', 'K-3', 'K-4'])
  expect(records.map(({ fault }) => fault !== null)).toEqual([false, true, false, false])
  const wide = await readAll(`key,email${','.repeat(16_000)}\nK-1,a@example.com${','.repeat(16_000)}\n`)
  expect(wide.header).toHaveLength(2)
})

describe('what no table is', () => {
  const deep = (levels: number, brackets: [string, string]) => brackets[0].repeat(levels) + brackets[1].repeat(levels)
  const wide = Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(',')
  test.each<[string, () => (string | Uint8Array)[], RegExp]>([
    ['200,000 columns', () => [`${wide}\n${wide}\n`], /has 200,000 columns; at most 300/],
    ['301 columns', () => [`${'a,'.repeat(COLUMNS_MAX)}b\n`], /has 301 columns/],
    ['200,000 cells below a narrow header', () => [`key,email\n${wide}\n`], /Line 2 has more than 20,000 cells/],
    ['millions of commas', () => [','.repeat(9_000_000)], /Line 1 has more than 20,000 cells/],
    ['a line of many megabytes', () => [`key,email\n${'x'.repeat(9_000_000)}\n`], /line 2 is longer than two million/],
    ['one of quotes', () => [`key,email\n"${'x,\n'.repeat(2_000_000)}`], /longer than two million|not closed/],
    ['deep lists', () => [deep(100_000, ['[', ']'])], /nested more than 64 levels deep/],
    ['deep objects', () => [`[${deep(100_000, ['{"a":', '}'])}]`], /nested more than 64 levels deep/],
    ['deep in a page', () => [`{"items":[{"key":${deep(100_000, ['[', ']'])}}]}`], /Record 1 is nested/],
    ['a huge record', () => [`[{"key":"${'x'.repeat(3_000_000)}"}]`], /Record 1 is longer than two million/],
    ['a ZIP archive', () => [Buffer.from('PK\u0003\u0004rest of it')], /ZIP archive: open it and save it as CSV/],
    ['a compressed file', () => [Buffer.from([0x1f, 0x8b, 8, 0, 0])], /compressed file/],
    ['an old workbook', () => [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])], /old Excel workbook/],
    ['zeros', () => [Buffer.from([0, 0, 0, 1])], /neither a CSV nor a JSON file/],
    ['empty lines alone', () => ['\n'.repeat(1_000_000)], /This file is empty/],
  ])('%s: a sentence', async (_, chunks, sentence) => {
    await expect(readAll(...chunks())).rejects.toThrow(sentence)
  })

  test('a wide table is refused within a second', async () => {
    // Of CPU, which other work on the machine does not lengthen.
    const before = process.cpuUsage()
    await expect(readAll(`${wide}\n${wide}\n`)).rejects.toThrow('200,000 columns')
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000)
  })

  test('a record of very many fields is refused, one of many shows the usual ones', async () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]))
    const look = (value: unknown) => lookAt(Readable.from([Buffer.from(JSON.stringify(value))]), now)
    await expect(look([{ key: 'a', email: 'b', ...fields(20_000) }])).rejects.toThrow('more than 10,000 fields')
    const { columns } = await look([fields(2_000), { ...fields(2_000), key: 'a', email: 'b' }])
    expect(columns.keys).toHaveLength(COLUMNS_MAX)
    expect(columns.keys.map(({ name }) => name)).toEqual(expect.arrayContaining(['key', 'email']))
    // An object of a thousand members is one value, not a thousand columns.
    expect((await look([{ key: 'a', email: 'b', seen: fields(1_000) }])).columns.keys).toHaveLength(3)
  })

  test('names and samples are short', async () => {
    const text = `key,email,${'n'.repeat(5_000)}\nK-1,a@example.com,${'v'.repeat(500_000)}\n`
    const { columns } = await lookAt(Readable.from([Buffer.from(text)]), now)
    expect(JSON.stringify(columns).length).toBeLessThan(1_000)
  })
})

test('whatever the size, others get their turn', async () => {
  // Counted, not timed: a process that is busy in one piece lets nothing else happen.
  const chunk = Buffer.from('key,email\n'.repeat(120_000))
  let turns = 0
  const other = setInterval(() => turns++, 0)
  const { records } = await readAll(chunk)
  clearInterval(other)
  expect(records).toHaveLength(119_999)
  expect(turns).toBeGreaterThan(5)
})
