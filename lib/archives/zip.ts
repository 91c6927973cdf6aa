import '#server-only'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** Something to put into it; a text that is long is made while it is written. What is plain is not compressed. */
export type Entry = { name: string; text: string | (() => AsyncGenerator<string>); isPlain?: boolean }

/** A ZIP of these, in pieces, as it is read: memory does not grow with it. */
export async function* zipOf(entries: Entry[], at: Date): AsyncGenerator<Buffer> {
  const zip = new ZipFile()
  const pieces = zip.outputStream as Readable
  // What fails while a file is read is told here and nowhere else.
  zip.on('error', (error: Error) => pieces.destroy(error))
  for (const { name, text, isPlain = false } of entries) {
    const options = { mtime: at, mode: 0o100600, compress: !isPlain }
    if (typeof text === 'string') zip.addBuffer(Buffer.from(text), name, options)
    else
      zip.addReadStreamLazy(name, options, (use) => {
        const stream = Readable.from(text(), { objectMode: false })
        stream.on('error', (error) => zip.emit('error', error))
        use(null, stream)
      })
  }
  zip.end()
  for await (const piece of pieces) yield piece as Buffer
}

/** The same bytes in pieces of `size`; only the last may be smaller. */
export async function* inParts(pieces: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let length = 0
  for await (const piece of pieces) {
    held.push(piece)
    length += piece.length
    if (length < size) continue
    const all = Buffer.concat(held)
    let at = 0
    for (; all.length - at >= size; at += size) yield all.subarray(at, at + size)
    held = [all.subarray(at)]
    length = all.length - at
  }
  if (length > 0) yield Buffer.concat(held)
}
