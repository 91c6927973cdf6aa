// A handler that answers without a database, behind the same door: what HTTP and JSON alone cost here.
import { createServer } from 'node:http'
import type { HttpRequest } from '#lib/dialects/line.ts'
import { answerAtDoor } from '../../scripts/license-door.ts'

async function answer({ body }: HttpRequest) {
  const { key } = JSON.parse(String(await body(65_536))) as { key: string }
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ valid: true, code: 'VALID', key }),
  }
}

createServer((request, response) => void answerAtDoor(answer, request, response, '/validate', '127.0.0.1')).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
