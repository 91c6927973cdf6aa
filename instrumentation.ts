import type { IncomingMessage, ServerResponse } from 'node:http'

/** Runs once when a server process starts: its look at the master secret, and background jobs, of which LATCHKEY_ROLE=web only hands them on. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { nextIsTheDoor, tidyForNext } = await import('#lib/http/client.ts')
  if (nextIsTheDoor()) {
    const { subscribe } = await import('node:diagnostics_channel')
    // Published for each request before any listener has it.
    subscribe('http.server.request.start', (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
      tidyForNext(request, response)
    })
  }
  const { watchSecret } = await import('#lib/secrets/watch.ts')
  await watchSecret()
  const { startJobs } = await import('#lib/jobs/start.ts')
  startJobs()
}
