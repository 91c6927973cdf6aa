import '#server-only'
import { setImmediate } from 'node:timers/promises'
import { delimiterOf, HEAD_CHARACTERS, linesIn, openCsv, refuseWide } from './csv.ts'
import { jsonRecords } from './json.ts'
import { type OpenedFile, UnreadableFile } from './source-record.ts'

// Files are read as a stream, a record at a time: a hundred megabytes need no more memory than one, and no file keeps the process to itself.

/** Opens a file by what is in it: JSON when it begins like JSON, otherwise a table with one of the usual delimiters. */
export async function open(bytes: AsyncIterable<Uint8Array>): Promise<OpenedFile> {
  const texts = inPieces(decoded(bytes))[Symbol.asyncIterator]()
  let head = ''
  let linesBefore = 0
  while (head.length < HEAD_CHARACTERS) {
    const { value, done } = await texts.next()
    if (done) break
    // However many empty lines come first, they are only counted.
    if (head || value.trim()) head += value
    else linesBefore += linesIn(value)
  }
  if (!head) throw new UnreadableFile('This file is empty.')
  const empty = /^(?:[ \t]*(?:\r\n|\n|\r))+/.exec(head)?.[0] ?? ''
  head = head.slice(empty.length)
  linesBefore += linesIn(empty)
  if (head.includes('\u0000')) throw new UnreadableFile('This is neither a CSV nor a JSON file.')
  async function* after(from: string) {
    yield* inPieces([from])
    yield* { [Symbol.asyncIterator]: () => texts }
  }
  if (/^\s*[[{]/.test(head)) return { format: 'json', header: null, records: jsonRecords(after(head)) }
  // Spreadsheets are told the delimiter so.
  const told = /^\s*"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)/i.exec(head)
  const delimiter = told?.[1] ?? delimiterOf(head)
  const text = head.slice(told?.[0].length ?? 0)
  await refuseWide(text, texts, delimiter)
  return openCsv(delimiter, after(text), linesBefore + linesIn(told?.[0] ?? ''))
}

const PIECE_CHARACTERS = 16 * 1024
const AT_A_STRETCH_MS = 10

/** The same text in small pieces, with room for everybody else's requests between them. */
async function* inPieces(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let since = performance.now()
  for await (const text of texts) {
    for (let from = 0; from < text.length; ) {
      let to = Math.min(from + PIECE_CHARACTERS, text.length)
      // A character of two halves stays whole.
      if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to++
      yield text.slice(from, to)
      from = to
      if (performance.now() - since < AT_A_STRETCH_MS) continue
      await setImmediate()
      since = performance.now()
    }
  }
}

// What people upload instead of a table, by its first bytes.
const OTHERS: [number[], string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or another ZIP archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'a compressed file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
]

/** Text of whatever encoding: UTF-8, UTF-16, or else the one of Windows, which spreadsheets save in. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  for await (const chunk of bytes) {
    if (isFirst) {
      isFirst = false
      const other = OTHERS.find(([sign]) => sign.every((byte, at) => chunk[at] === byte))
      if (other)
        throw new UnreadableFile(`This is neither a CSV nor a JSON file but ${other[1]}: open it and save it as CSV.`)
      const wide = wideEncodingOf(chunk)
      if (wide) decoder = new TextDecoder(wide)
    }
    // Whether a byte above 127 is UTF-8 shows where the first one stands, which may be far below.
    if (!decoder && chunk.some((byte) => byte > 127)) decoder = new TextDecoder(encodingOf(chunk))
    yield decoder ? decoder.decode(chunk, { stream: true }) : Buffer.from(chunk).toString('latin1')
  }
  if (decoder) yield decoder.decode()
}

function encodingOf(chunk: Uint8Array): string {
  try {
    // The end of the chunk may cut a character in two.
    new TextDecoder('utf-8', { fatal: true }).decode(chunk, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** UTF-16 by its mark, or by every other byte of plain text being zero. */
function wideEncodingOf(chunk: Uint8Array): string | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const looked = Math.min(chunk.length, 1_000)
  for (let at = 0; at < looked; at++) if (chunk[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (looked < 8) return null
  if (odd > looked / 3 && even === 0) return 'utf-16le'
  return even > looked / 3 && odd === 0 ? 'utf-16be' : null
}
