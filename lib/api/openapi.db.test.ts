import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

// The document and the server judge the same requests: neither is stricter than the other about the shape of a body.

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into by name
type Json = any

const document: Json = openApiDocument()
const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
ajv.addSchema(document, 'api')

// Names of blanks, addresses, JSON of any kind and rules between two settings are more than a schema says: there the document is looser than the server.
const looser = [
  ...['renameActivation', 'createCustomer', 'updateCustomer', 'createProduct', 'updateProduct'],
  ...['activateLicenseKey', 'createKeyConfiguration', 'updateKeyConfiguration'],
]
const bodies = endpoints.filter(({ body, example, operation }) => body && example && !looser.includes(operation))
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
    { numRuns: 300, seed: 7 },
  )
})

test('a purchase and a key are for one buyer, named in one way', () => {
  for (const name of ['IssueLicenseKey', 'CreatePurchase'])
    expect((document.components as Json).schemas[name].oneOf).toHaveLength(2)
})

test('what is made links to what can be asked next', () => {
  const links = operationOf('createCustomer').responses?.['201']?.links as Json
  expect(Object.keys(links).sort()).toEqual(['getCustomer', 'updateCustomer'])
})
