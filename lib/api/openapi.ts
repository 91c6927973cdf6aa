import '#server-only'
import { z } from 'zod'
import { env } from '../base/env.ts'
import { apiScopes, scopeOf } from '../base/permissions.ts'
import { webhookTypeNames, webhookTypes } from '../webhooks/plain.ts'
import { apiVersions, type Endpoint, tags } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { hasETag, takesIfMatch } from './etag.ts'
import { licenseRoutes } from './license-routes.ts'
import { type ProblemCode, problems } from './problem.ts'
import { API_ROOT } from './serve.ts'
import { exampleBody, webhookBodies } from './webhook-bodies.ts'
import { askedShapes, shown, shownShapes } from './wire.ts'

// The OpenAPI document, made of the schemas that check requests and of those that answers have.

type JsonSchema = { [name: string]: unknown }
type JsonValue = { [name: string]: unknown }

const ProblemShape = shown(
  'Problem',
  'A "no", as RFC 9457 has it.',
  z.object({
    type: z.url().describe('The page about this code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('A sentence for people.'),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]).describe('For programs.'),
    request_id: z.string().describe('Finds the request in the log.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .describe('What is wrong with which field; may be empty.'),
  }),
)

const LICENSE_TAG = 'License calls'

let made: JsonValue | undefined

/** The whole document. It says nothing that changes while the server runs, so it is made once. */
export function openApiDocument(): JsonValue {
  made ??= makeDocument(env().LATCHKEY_URL)
  return made
}

function makeDocument(url: string): JsonValue {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version: '1',
      description:
        'Issue license keys, watch them, and take them back; plus the three calls that client software makes.',
    },
    servers: [{ url: url.replace(/\/$/, '') }],
    tags: [
      ...tags.map((name) => ({ name })),
      { name: LICENSE_TAG, description: 'For client software: no API key, from anywhere.' },
    ],
    paths: { ...managementPaths(), ...licensePaths() },
    webhooks: webhooks(),
    components: {
      schemas: schemas(),
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: `An API key of the organization. Scopes: ${apiScopes.join(', ')}.`,
        },
      },
    },
  }
}

// ---------------------------------------------------------------- schemas

const refTo = (id: string) => `#/components/schemas/${id}`
const ref = (id: string): JsonSchema => ({ $ref: refTo(id) })

const refOf = (registry: z.core.$ZodRegistry<{ id: string }>, schema: z.ZodType): JsonSchema => {
  const named = registry.get(schema)
  if (!named) throw new Error('A shape of the API has no name.')
  return ref(named.id)
}

// Formats say the same as their long patterns, and the bounds of every number in JavaScript are none of ours.
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }) {
  if (jsonSchema.format && zodSchema._zod.def.type === 'string') delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minLength === 0) delete jsonSchema.minLength
}

/** Choices within choices become one list of them, and "this or null" is said in the type where it can be. */
function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, flat(part)])) as JsonSchema
  if (!Array.isArray(schema.anyOf)) return schema
  const choices = (schema.anyOf as JsonSchema[]).flatMap((choice) =>
    Array.isArray(choice.anyOf) && Object.keys(choice).length === 1 ? (choice.anyOf as JsonSchema[]) : [choice],
  )
  const { anyOf: _, ...rest } = schema
  const [first, second] = choices
  const isNullable = choices.length === 2 && first && second?.type === 'null'
  return isNullable && typeof first.type === 'string' && !first.enum && !('const' in first)
    ? { ...first, ...rest, type: [first.type, 'null'] }
    : { ...rest, anyOf: choices }
}

const options = { target: 'draft-2020-12', unrepresentable: 'any', override: tidy } as const

function schemasOf(registry: z.core.$ZodRegistry<{ id: string }>, io: 'input' | 'output'): JsonSchema {
  const { schemas } = z.toJSONSchema(registry, { ...options, io, uri: refTo })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _, $schema: __, ...schema }]) => [id, flat(schema) as JsonSchema]),
  )
}

const schemas = () => ({ ...schemasOf(shownShapes, 'output'), ...schemasOf(askedShapes, 'input') })

function parametersOf(query: z.ZodObject): JsonValue[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { ...options, io: 'input' })
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = flat(schema) as JsonSchema
    return {
      name,
      in: 'query',
      ...(description ? { description } : {}),
      required: required.includes(name),
      ...((rest as JsonSchema).type === 'object' && { style: 'deepObject', explode: true }),
      schema: rest,
    }
  })
}

// ---------------------------------------------------------------- the management API

const headersOfAnswers = {
  'Latchkey-Version': { description: 'The version this answer follows.', schema: { type: 'string' } },
  'Request-Id': { description: 'Finds the request in the log.', schema: { type: 'string' } },
  'RateLimit-Limit': { description: 'Requests per minute.', schema: { type: 'integer' } },
  'RateLimit-Remaining': { description: 'How many are left.', schema: { type: 'integer' } },
  'RateLimit-Reset': {
    description: 'Seconds until the full allowance is available again.',
    schema: { type: 'integer' },
  },
}

const etagHeader = {
  description: 'What it looks like now, for `If-Match`. Counts of calls are no part of it.',
  schema: { type: 'string' },
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the call repeatable for 24 hours.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
}

const latchkeyVersion = {
  name: 'Latchkey-Version',
  in: 'header',
  required: false,
  description: 'The version of the API the program was written for. Every answer names the one it follows.',
  schema: { type: 'string', enum: apiVersions },
}

const ifMatchHeader = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` it was read with: the change is refused (412) when it was changed since.',
  schema: { type: 'string', pattern: '^(\\*|(W/)?"[\\x21\\x23-\\x7e]*"( *, *(W/)?"[\\x21\\x23-\\x7e]*")*)$' },
}

const dryRun = {
  name: 'dry_run',
  in: 'query',
  required: false,
  description:
    'true: tells what would come of it and changes nothing; no mail, no event. Strings and ids of what would be made are not kept.',
  schema: { type: 'boolean', default: false },
}

/** What an endpoint can refuse. */
function refusalsOf(endpoint: Endpoint): ProblemCode[] {
  const codes: ProblemCode[] = ['UNAUTHORIZED', 'RATE_LIMITED', 'INTERNAL_ERROR', 'UNAVAILABLE']
  codes.push('UNKNOWN_VERSION')
  if (takesIfMatch(endpoint)) codes.push('PRECONDITION_FAILED')
  if (endpoint.permissions.length > 0) codes.push('FORBIDDEN')
  if (endpoint.path.includes('{id}')) codes.push('NOT_FOUND')
  if (endpoint.query) codes.push('INVALID_INPUT')
  if (endpoint.body) codes.push('INVALID_JSON', 'PAYLOAD_TOO_LARGE', 'INVALID_INPUT')
  if (endpoint.method !== 'GET') {
    codes.push('INVALID_INPUT', 'IDEMPOTENCY_KEY_REUSED', 'REQUEST_IN_PROGRESS', 'ANSWER_LOST')
  }
  return [...new Set([...codes, ...(endpoint.refuses ?? [])])]
}

/** Which collection the ids in an answer belong to, by the name they have there. */
const OF_COLLECTION: Record<string, string> = {
  ...{ product: '/products', customer: '/customers', purchase: '/purchases', license_key: '/license-keys' },
  ...{ key_configuration: '/key-configurations', activation: '/activations' },
}
const hasProperty = (schema: z.ZodType, name: string): z.ZodType | undefined =>
  unwrapped(schema) instanceof z.ZodObject ? ((unwrapped(schema) as z.ZodObject).shape[name] as z.ZodType) : undefined

/** A shape without "or null" around it. */
const unwrapped = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodNullable || schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema

/** What can be asked next: about what the answer is, and about what it names. */
function linksOf({ operation: asked, answer, path }: Endpoint): JsonValue | null {
  const links: [string, JsonValue][] = []
  const add = (operation: string, pointer: string) =>
    links.push([operation, { operationId: operation, parameters: { id: `$response.body#/${pointer}` } }])
  const collection = collectionOf(answer)
  if (collection && hasProperty(answer, 'id'))
    for (const { operation, path: other } of endpoints)
      if (operation !== asked && (other === `${collection}/{id}` || other.startsWith(`${collection}/{id}/`)))
        add(operation, 'id')
  for (const [name, of] of Object.entries(OF_COLLECTION)) {
    const reads = endpoints.find((other) => other.method === 'GET' && other.path === `${of}/{id}`)?.operation
    if (!reads || of === collection || path === `${of}/{id}`) continue
    const nested = hasProperty(answer, name)
    if (hasProperty(answer, `${name}_id`)) add(reads, `${name}_id`)
    else if (nested && hasProperty(nested, 'id')) add(reads, `${name}/id`)
  }
  return links.length > 0 ? Object.fromEntries(links) : null
}

/** Where one of these is read by its id. */
const collectionOf = (answer: z.ZodType): string | undefined =>
  endpoints
    .find((other) => other.method === 'GET' && other.path.endsWith('/{id}') && other.answer === answer)
    ?.path.replace('/{id}', '')

function responsesOf(endpoint: Endpoint): JsonValue {
  const byStatus = Object.groupBy(refusalsOf(endpoint), (code) => problems[code].status)
  const refusals = Object.entries(byStatus).map(([status, codes = []]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
      ...(status !== '401' && { headers: headersOfAnswers }),
      content: { 'application/problem+json': { schema: refOf(shownShapes, ProblemShape) } },
    },
  ])
  const answer = {
    description: endpoint.summary,
    headers: { ...headersOfAnswers, ...(hasETag(endpoint) && { ETag: etagHeader }) },
    content: { 'application/json': { schema: refOf(shownShapes, endpoint.answer) } },
  }
  // Before any route: the headers and the address together may have so many bytes.
  const tooLong = endpoint.query && { 431: { description: 'The address is too long. The answer may have no body.' } }
  const links = linksOf(endpoint)
  return { [endpoint.status]: { ...answer, ...(links && { links }) }, ...Object.fromEntries(refusals), ...tooLong }
}

function operationOf(endpoint: Endpoint): JsonValue {
  const scopes = endpoint.permissions.flatMap((permission) => scopeOf(permission) ?? [])
  const parameters = [
    ...(endpoint.path.includes('{id}')
      ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }]
      : []),
    ...(endpoint.query ? parametersOf(endpoint.query) : []),
    ...(endpoint.method === 'GET' || endpoint.isBesides ? [] : [dryRun]),
    ...(endpoint.method === 'GET' ? [] : [idempotencyKey]),
    ...(takesIfMatch(endpoint) ? [ifMatchHeader] : []),
    latchkeyVersion,
  ]
  return {
    operationId: endpoint.operation,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description && { description: endpoint.description }),
    security: [{ apiKey: [...new Set(scopes)] }],
    ...(parameters.length > 0 && { parameters }),
    ...(endpoint.body && {
      requestBody: {
        // Where every field may be left out, so may the body.
        required: !endpoint.body.safeParse({}).success,
        content: {
          'application/json': {
            schema: refOf(askedShapes, endpoint.body),
            ...(endpoint.example && { example: endpoint.example }),
          },
        },
      },
    }),
    responses: responsesOf(endpoint),
  }
}

function managementPaths(): JsonValue {
  const byPath = Map.groupBy(endpoints, ({ path }) => path)
  return Object.fromEntries(
    [...byPath].map(([path, all]) => [
      API_ROOT + path,
      Object.fromEntries(all.map((endpoint) => [endpoint.method.toLowerCase(), operationOf(endpoint)])),
    ]),
  )
}

// ---------------------------------------------------------------- the calls of client software

const licensePaths = (): JsonValue =>
  Object.fromEntries(
    licenseRoutes.map(({ operation, isRepeatable, path, summary, description, body, example, answers }) => [
      path,
      {
        post: {
          operationId: operation,
          tags: [LICENSE_TAG],
          summary,
          description,
          security: [],
          ...(isRepeatable && { parameters: [idempotencyKey] }),
          requestBody: {
            required: true,
            content: { 'application/json': { schema: refOf(askedShapes, body), example } },
          },
          responses: Object.fromEntries(
            Object.entries(answers).map(([status, { description, answer }]) => [
              status,
              { description, content: { 'application/json': { schema: refOf(shownShapes, answer) } } },
            ]),
          ),
        },
      },
    ]),
  )

// ---------------------------------------------------------------- what is sent to webhook endpoints

const webhookHeaders = (
  [
    ['webhook-id', 'The same at every attempt: what came twice is told by it.', { type: 'string', format: 'uuid' }],
    ['webhook-timestamp', 'When this attempt was made, in seconds since 1970.', { type: 'integer' }],
    [
      'webhook-signature',
      'As Standard Webhooks has it: `v1,` and a signature in base 64; while a secret is replaced, one for each.',
      { type: 'string' },
    ],
    ['Latchkey-Version', 'The version of the API that the body follows.', { type: 'string', enum: apiVersions }],
  ] as const
).map(([name, description, schema]) => ({ name, in: 'header', required: true, description, schema }))

const webhooks = (): JsonValue =>
  Object.fromEntries(
    webhookTypeNames.map((type) => [
      type,
      {
        post: {
          operationId: `on_${type.replaceAll('.', '_')}`,
          summary: webhookTypes[type].says,
          security: [],
          parameters: webhookHeaders,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: refOf(shownShapes, webhookBodies[webhookTypes[type].about]),
                example: exampleBody(type),
              },
            },
          },
          responses: {
            '2XX': { description: 'Taken. Anything else is a failure, and is tried again; no redirect is followed.' },
            410: { description: 'Nothing more is wanted here: the endpoint is switched off.' },
          },
        },
      },
    ]),
  )
