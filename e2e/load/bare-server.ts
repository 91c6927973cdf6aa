// A handler that answers without a database, behind the same HTTP listener: what HTTP and JSON alone cost here.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'

const answer = async (request: Request) => {
  const { key } = (await request.json()) as { key: string }
  return Response.json({ valid: true, code: 'VALID', key })
}

createServer(getRequestListener(answer, { overrideGlobalObjects: false })).listen(
  Number(process.env.PORT),
  '127.0.0.1',
  () => console.log('ready'),
)
