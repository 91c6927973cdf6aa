import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { customContract, customEnvelope, customSender } from './contract.ts'
import { CustomMessage, customMessageTypes } from './messages.ts'
import { customStore, newCustomSecret } from './store.ts'

type Shape = {
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  anyOf?: Shape[]
  oneOf?: Shape[]
  const?: string
}

/** The object or list in a shape that may also be null. */
const plain = (shape: Shape): Shape => shape.anyOf?.find(({ properties, items }) => properties ?? items) ?? shape

/** Every field with its way in, and a question mark where it may be left out. */
function fieldsOf({ properties = {}, required = [] }: Shape, before = ''): string[] {
  return Object.entries(properties).flatMap(([name, each]) => {
    const inner = plain(each)
    const list = plain(inner.items ?? {})
    return [
      `${before}${name}${required.includes(name) ? '' : '?'}`,
      ...fieldsOf(inner, `${before}${name}.`),
      ...fieldsOf(list, `${before}${name}[].`),
    ]
  })
}

const checked = z.toJSONSchema(CustomMessage, { io: 'input', unrepresentable: 'any' }) as Shape
const shapes = checked.oneOf ?? checked.anyOf ?? []
const shapeOf = (type: string) => shapes.find(({ properties }) => properties?.type?.const === type) ?? {}

test('says every message, in the order of their list', () => {
  expect(customContract.map(({ type }) => type)).toEqual([...customMessageTypes])
})

test.each(customContract)('$type: says every field, and which may be left out', ({ type, fields }) => {
  const said = fields.flatMap(({ names, optional }) =>
    // Of several names exactly one has to be there, so each alone may be left out.
    names.map((name) => `${name}${optional || names.length > 1 ? '?' : ''}`),
  )
  expect(said.toSorted()).toEqual(fieldsOf(shapeOf(type).properties?.data ?? {}).toSorted())
  const around = customEnvelope.flatMap(({ names, optional }) => names.map((name) => `${name}${optional ? '?' : ''}`))
  expect(around.toSorted()).toEqual(fieldsOf({ ...shapeOf(type), properties: outside(type) }).toSorted())
})

const outside = (type: string) => ({ ...shapeOf(type).properties, data: {} })

test.each(customContract.flatMap(({ type, examples }) => examples.map((each) => ({ type, ...each }))))(
  '$type: the example “$title” is one',
  ({ type, message }) => {
    expect(CustomMessage.parse(message).type).toBe(type)
  },
)

test('the program that sends is believed', async () => {
  const secret = newCustomSecret()
  const why: unknown[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const header = (name: string) => request.headers[name]?.toString() ?? null
    const now = new Date()
    why.push(customStore.distrust({ header, body, receivedAt: now }, [secret], now))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    const program = `${customSender}\nawait tell('msg_1', { a: 'é' })`
    const env = { ...process.env, SHOP_SECRET: secret, SHOP_ADDRESS: `http://127.0.0.1:${port}/` }
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env })
  } finally {
    server.close()
  }
  expect(why).toEqual([null])
})
