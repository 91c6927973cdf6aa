// People who load pages, as a process of its own: each loads one page after the other. In: one JSON text on standard input (VisitOrder);
// out: one JSON line (VisitResult).
import { Agent, get } from 'node:http'
import { text } from 'node:stream/consumers'

export type VisitOrder = { url: string; visitors: number; seconds: number; paths: string[] }

/** Pages per second, and those that did not come. */
export type VisitResult = { rate: number; errors: number }

const order = JSON.parse(await text(process.stdin)) as VisitOrder
const agent = new Agent({ keepAlive: true, maxSockets: order.visitors })
const end = performance.now() + order.seconds * 1_000
let pages = 0
let errors = 0

const load = (path: string): Promise<number> =>
  new Promise((resolve) => {
    const headers = { accept: 'text/html' }
    get(`${order.url}${path}`, { agent, headers }, (response) => {
      response.resume().on('close', () => resolve(response.statusCode ?? 0))
    }).on('error', () => resolve(0))
  })

async function visit(visitor: number) {
  for (let i = visitor; performance.now() < end; i++) {
    const status = await load(order.paths[i % order.paths.length] as string)
    // To the log-in is where a visitor is sent from the dashboard.
    if (status === 200 || status === 307) pages++
    else errors++
  }
}

await Promise.all(Array.from({ length: order.visitors }, (_, visitor) => visit(visitor)))
agent.destroy()
const result: VisitResult = { rate: pages / order.seconds, errors }
console.log(JSON.stringify(result))
