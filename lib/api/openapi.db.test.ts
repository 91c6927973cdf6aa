import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { ApiClient } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { limits } from '../key-configurations/plain.ts'
import { webhookTypeNames } from '../webhooks/plain.ts'
import { endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

// The document and the server judge the same requests: neither is stricter than the other about the shape of a body.

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into by name
type Json = any

const organizationId = newId()
const client: ApiClient = {
  ...{ kind: 'api_key', apiKeyId: newId(), name: 'Tests', organizationId },
  scopes: [...apiScopes],
}
beforeAll(() =>
  prisma.organization
    .create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
    .then(() => undefined),
)

const document: Json = openApiDocument()
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, 'api')

const bodies = endpoints.filter(({ body, example }) => body && example)
const operationOf = (name: string) =>
  Object.values(document.paths as Json)
    .flatMap((methods) => Object.values(methods as object) as Json[])
    .find(({ operationId }) => (operationId as unknown) === name) as Json

const odd = fc.oneof(
  fc.constantFrom<unknown>('', ' ', '\u0000', 'a\u0000b', 'x\ny', null, -1, 0, 1.5, true, [], {}),
  fc.constantFrom('2027-01-31T12:00:00Z', 'tomas@herrera.example', '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11'),
)

test.each(bodies.map((endpoint) => [endpoint.operation, endpoint] as const))('%s', (operation, endpoint) => {
  const { $ref } = (operationOf(operation).requestBody as Json).content['application/json'].schema as {
    $ref: string
  }
  const fits = ajv.getSchema(`api${$ref}`) ?? ajv.compile({ $ref: `api${$ref}` })
  const shape = ajv.getSchema(`api${$ref}`)?.schema as { properties?: object } | undefined
  const names = [...new Set([...Object.keys(shape?.properties ?? {}), ...Object.keys(endpoint.example ?? {})])]
  expect(fits(endpoint.example), JSON.stringify(fits.errors)).toBe(true)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...names), fc.option(odd, { nil: undefined })), { maxLength: 3 }),
      (changes) => {
        const body = JSON.parse(JSON.stringify({ ...endpoint.example, ...Object.fromEntries(changes) }))
        const taken = endpoint.body?.safeParse(body)
        expect([fits(body), body], JSON.stringify(taken?.error?.issues ?? fits.errors)).toEqual([taken?.success, body])
      },
    ),
    { numRuns: 600, seed: 7 },
  )
})

test('a purchase and a key are for one buyer, named in one way', () => {
  for (const name of ['IssueLicenseKey', 'CreatePurchase'])
    expect((document.components as Json).schemas[name].oneOf).toHaveLength(2)
})

test('every type of webhook message is described, with an example that fits', () => {
  expect(Object.keys(document.webhooks)).toEqual(webhookTypeNames)
  for (const [type, { post }] of Object.entries<Json>(document.webhooks)) {
    const { schema, example } = post.requestBody.content['application/json']
    const fits = ajv.getSchema(`api${schema.$ref}`) ?? ajv.compile({ $ref: `api${schema.$ref}` })
    expect(fits(example), `${type} ${JSON.stringify(fits.errors)}`).toBe(true)
    expect(example.type).toBe(type)
    expect(fits({ ...example, type: 'nothing.happened' })).toBe(false)
    expect(fits({ ...example, data: { id: example.data.id, deleted: true } })).toBe(true)
  }
})

test('what is made, read or changed links to what can be asked next', () => {
  const links = operationOf('createCustomer').responses?.['201']?.links as Json
  expect(Object.keys(links).sort()).toEqual(['deleteCustomerData', 'getCustomer', 'mergeCustomer', 'updateCustomer'])
})

test.each([
  ['a device limit of none', { limit_activations: 0 }, true],
  ['that must be activated', { limit_activations: 0, activation_required: true }, false],
  [
    'from the first activation',
    { limit_activations: 0, expiry: { ...duration(1, 'year'), from: 'first_activation' } },
    false,
  ],
  ['from issue', { limit_activations: 0, expiry: { ...duration(1, 'year'), from: 'issue' } }, true],
  ['as many days', { expiry: duration(limits.durationCount.day, 'day') }, true],
  ['as many months', { expiry: duration(limits.durationCount.month + 1, 'month') }, false],
  ['as many years', { expiry: duration(limits.durationCount.year, 'year') }, true],
  ['too many years', { expiry: duration(limits.durationCount.year + 1, 'year') }, false],
])(
  'settings that do not go together are refused by the document as by the server: %s',
  async (_, settings, isTaken) => {
    const body = { name: `N ${newId()}`, ...settings }
    const fits = ajv.compile({ $ref: 'api#/components/schemas/CreateKeyConfiguration' })
    expect(fits(body), JSON.stringify(fits.errors)).toBe(isTaken)
    const taken = endpoints.find(({ operation }) => operation === 'createKeyConfiguration')
    const input = taken?.body?.safeParse(body)
    const made = (async () => taken?.run(client, { body: input?.data, now: new Date() } as never))()
    if (isTaken) expect(await made).toMatchObject({ name: body.name })
    else await expect(made).rejects.toThrow('do not go together')
  },
)

function duration(count: number, unit: string) {
  return { kind: 'duration', count, unit }
}

test('every link leads to an operation that there is, with its parameters, from something the answer has', () => {
  const answers = Object.values(document.paths as Json).flatMap((methods) =>
    Object.values(methods as object).flatMap((operation: Json) => Object.values(operation.responses) as Json[]),
  )
  const links = answers.flatMap((answer) =>
    Object.values((answer.links ?? {}) as Json).map((link) => ({ link: link as Json, answer })),
  )
  expect(links.length).toBeGreaterThan(40)
  for (const { link, answer } of links) {
    const target = operationOf(link.operationId)
    expect(target, link.operationId).toBeDefined()
    const known = new Set((target.parameters ?? []).map((parameter: Json) => parameter.name))
    const required = (target.parameters ?? []).filter((parameter: Json) => parameter.required)
    expect(required.map((parameter: Json) => parameter.name)).toEqual(
      Object.keys(link.parameters).filter((name) => required.some((parameter: Json) => parameter.name === name)),
    )
    for (const [name, expression] of Object.entries(link.parameters as Record<string, string>)) {
      expect(known, link.operationId).toContain(name)
      const pointer = /^\$response\.body#\/(.+)$/.exec(expression)?.[1] ?? ''
      let at = schemaOf(answer.content['application/json'].schema)
      for (const part of pointer.split('/')) at = schemaOf(at.properties?.[part])
      expect([at.type].flat(), `${link.operationId} ${expression}`).toContain('string')
    }
  }
})

/** A schema without references and without "or null". */
function schemaOf(schema: Json): Json {
  if (schema?.$ref) return schemaOf(document.components.schemas[schema.$ref.split('/').pop()])
  const choice = schema?.anyOf?.find(({ type }: Json) => type !== 'null')
  return choice ? schemaOf(choice) : schema
}
