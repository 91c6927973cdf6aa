// A handler that answers without a database, behind the same doors: what HTTP and JSON alone cost here.
import { createServer } from 'node:http'
import type { HttpRequest } from '#lib/http/request.ts'
import { answerAtDoor } from '../../server/door.ts'
import { openFastLane, requestOf } from '../../server/fast-lane.ts'

async function answer({ body }: HttpRequest) {
  const { key } = JSON.parse(String(await body(65_536))) as { key: string }
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ valid: true, code: 'VALID', key }),
  }
}

const [path, address] = ['/validate', '127.0.0.1']
const server = createServer((request, response) => void answerAtDoor(answer, request, response, path, address))
openFastLane(server, { answer: (call) => answer(requestOf(call, path, address)), isClosing: () => false })
server.listen(Number(process.env.PORT), address)
