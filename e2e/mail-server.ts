// A real SMTP server that keeps what it receives, and hands it to tests in other processes over loopback HTTP.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** One received message as tests read it. */
export type Message = { from: string; to: string[]; subject: string; text: string; html: string }

/** Starts both servers. GET /messages?to=address lists what came for an address, oldest first; DELETE /messages forgets everything. */
export async function startMailServer({ smtpPort = 0, inboxPort = 0 } = {}) {
  const messages: Message[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    async onData(stream, session, done) {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk as Buffer)
        const { from, subject, text, html } = await PostalMime.parse(Buffer.concat(chunks))
        const sender = from && 'address' in from ? from.address : undefined
        const to = session.envelope.rcptTo.map((recipient) => recipient.address.toLowerCase())
        messages.push({ from: sender ?? '', to, subject: subject ?? '', text: text ?? '', html: html ?? '' })
        done()
      } catch (error) {
        done(error as Error)
      }
    },
  })
  const inbox = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const isKnown = pathname === '/messages'
    if (isKnown && request.method === 'DELETE') messages.length = 0
    const to = searchParams.get('to')?.toLowerCase()
    const found = messages.filter((message) => !to || message.to.includes(to))
    response.writeHead(isKnown ? 200 : 404, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(isKnown ? found : { error: 'NOT_FOUND' }))
  })
  const smtpAddress = smtp.server
  await Promise.all([
    new Promise<void>((resolve, reject) => {
      smtp.once('error', reject)
      smtp.listen(smtpPort, '127.0.0.1', resolve)
    }),
    new Promise<void>((resolve, reject) => {
      inbox.once('error', reject)
      inbox.listen(inboxPort, '127.0.0.1', resolve)
    }),
  ])
  const portOf = (server: { address(): AddressInfo | string | null }) => (server.address() as AddressInfo).port
  return {
    smtpUrl: `smtp://127.0.0.1:${portOf(smtpAddress)}`,
    inboxUrl: `http://127.0.0.1:${portOf(inbox)}`,
    stop: async () => {
      inbox.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => inbox.close(() => resolve())),
      ])
    },
  }
}
