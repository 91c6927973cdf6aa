import '#server-only'

/** A file whose text, or bytes, are made while it is sent; ended when whoever asked goes away. */
export function download(
  text: AsyncGenerator<string | Uint8Array>,
  { name, type, bytes }: { name: string; type: string; bytes?: number },
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await text.next()
      if (done) controller.close()
      else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
    },
    async cancel() {
      await text.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'Content-Type': type.startsWith('application/zip') ? type : `${type}; charset=utf-8`,
      ...(bytes !== undefined && { 'Content-Length': String(bytes) }),
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
    },
  })
}
