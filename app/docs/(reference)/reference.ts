// Reads the OpenAPI document into what the reference page shows.

type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  description?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

type Content = Record<string, { schema: Schema; example?: unknown }>
type RawParameter = { name: string; in: string; required: boolean; description?: string; schema: Schema }
type RawOperation = {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: { apiKey?: string[] }[]
  parameters?: RawParameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content: Content }>
}

/** The parts of the document that the page reads. */
export type Document = {
  servers: { url: string }[]
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, RawOperation>>
  components: { schemas: Record<string, Schema> }
}

/** One field of a body or an answer, with those inside it. */
export type FieldInfo = {
  name: string
  type: string
  required: boolean
  description: string
  /** Bounds and the usual value, in words. */
  rules: string[]
  values: string[]
  /** The shape it has, when that has a name. */
  shape: string | null
  fields: FieldInfo[]
}

export type Parameter = FieldInfo & { place: string; isList: boolean }

export type Operation = {
  id: string
  tag: string
  method: string
  path: string
  summary: string
  description: string
  /** null: no API key at all. */
  scopes: string[] | null
  parameters: Parameter[]
  body: { required: boolean; fields: FieldInfo[]; example: unknown } | null
  answers: { status: string; description: string; shape: string | null; codes: string[] }[]
}

export type Shape = { name: string; description: string; fields: FieldInfo[]; example: unknown }

const nameOf = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1)

/** What the reference shows: operations in the order of the document, and the shapes their answers have. */
export function readReference(document: Document): { operations: Operation[]; shapes: Shape[] } {
  const { schemas } = document.components
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? { ...resolve(schemas[nameOf(schema.$ref)] ?? {}) } : schema

  function typeOf(schema: Schema): string {
    if (schema.$ref) return nameOf(schema.$ref)
    if (schema.const !== undefined) return JSON.stringify(schema.const)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices) return [...new Set(choices.map(typeOf))].join(' or ')
    if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
    const [type = 'anything', ...others] = [schema.type ?? []].flat()
    const named = schema.format && type === 'string' ? (formats[schema.format] ?? schema.format) : type
    return [named, ...others].join(' or ')
  }

  function field(name: string, schema: Schema, required: boolean): FieldInfo {
    const part = schema.type === 'array' ? (schema.items ?? {}) : schema
    return {
      name,
      type: typeOf(schema),
      required,
      description: schema.description ?? '',
      rules: rulesOf(schema),
      values: valuesOf(part),
      shape: part.$ref ? nameOf(part.$ref) : null,
      fields: part.$ref ? [] : fieldsOf(part),
    }
  }

  /** Fields of an object; of one that may have several forms, all of them, where none is required that one form lacks. */
  function fieldsOf(given: Schema): FieldInfo[] {
    const schema = resolve(given)
    const forms = (schema.anyOf ?? schema.oneOf)?.map(resolve).filter((form) => form.properties)
    if (forms?.length) {
      const names = [...new Set(forms.flatMap((form) => Object.keys(form.properties ?? {})))]
      return names.map((name) => {
        const having = forms.filter((form) => form.properties?.[name])
        const parts = having.map((form) => form.properties?.[name] as Schema)
        const isRequired = having.length === forms.length && forms.every((form) => form.required?.includes(name))
        const all = parts.every((part) => part.const !== undefined)
        return field(
          name,
          all ? { type: 'string', enum: parts.map((part) => part.const) } : (parts[0] as Schema),
          isRequired,
        )
      })
    }
    const { properties = {}, required = [] } = schema
    return Object.entries(properties).map(([name, part]) => field(name, part, required.includes(name)))
  }

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const body = operation.requestBody?.content['application/json']
      return {
        id: operation.operationId,
        tag: operation.tags[0] ?? '',
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        description: operation.description ?? '',
        scopes: operation.security[0]?.apiKey ?? null,
        parameters: (operation.parameters ?? []).map((parameter) => ({
          ...field(parameter.name, parameter.schema, parameter.required),
          description: parameter.description ?? (parameter.in === 'path' ? 'The id of what it is about.' : ''),
          place: parameter.in,
          isList: parameter.schema.type === 'array',
        })),
        body: body
          ? { required: operation.requestBody?.required ?? false, fields: fieldsOf(body.schema), example: body.example }
          : null,
        answers: Object.entries(operation.responses).map(([status, { description, content }]) => {
          const { schema } = Object.values(content ?? {})[0] ?? { schema: {} }
          const codes = [...description.matchAll(/`([A-Z_]+)`/g)].flatMap((match) => match[1] ?? [])
          return { status, description, shape: schema.$ref ? nameOf(schema.$ref) : null, codes }
        }),
      }
    }),
  )

  const shown = new Set(operations.flatMap(({ answers }) => answers.flatMap(({ shape }) => shape ?? [])))
  for (const name of [...shown]) for (const inner of refsIn(schemas[name])) shown.add(inner)
  const example = (schema: Schema, depth = 0): unknown => exampleOf(schema, resolve, depth)
  const shapes = Object.entries(schemas)
    .filter(([name]) => shown.has(name))
    .map(([name, schema]) => ({
      name,
      description: schema.description ?? '',
      fields: fieldsOf(schema),
      example: example(schema),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return { operations, shapes }
}

const formats: Record<string, string> = {
  uuid: 'UUID',
  'date-time': 'time',
  date: 'day',
  email: 'e-mail address',
  uri: 'URL',
}

const refsIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? {}).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => nameOf(match[1] ?? ''))

function rulesOf({ minLength, maxLength, minimum, maximum, minItems, maxItems, default: usual }: Schema): string[] {
  const range = (low: number | undefined, high: number | undefined, unit: string) => {
    const [from, to] = [low?.toLocaleString('en'), high?.toLocaleString('en')]
    if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}`
    if (to !== undefined) return `at most ${to}${unit}`
    return from !== undefined && from !== '0' ? `at least ${from}${unit}` : ''
  }
  return [
    range(minLength, maxLength, ' characters'),
    range(minimum, maximum, ''),
    range(minItems, maxItems, ' entries'),
    usual !== undefined && usual !== null && usual !== '' ? `usually ${JSON.stringify(usual)}` : '',
  ].filter((rule) => rule !== '')
}

function valuesOf(schema: Schema): string[] {
  if (schema.enum) return schema.enum.map(String)
  return (schema.anyOf ?? []).flatMap((choice) => choice.enum?.map(String) ?? [])
}

const UUID = '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11'
const DEPTH_MAX = 4

/** An answer as it may look. */
function exampleOf(given: Schema, resolve: (schema: Schema) => Schema, depth: number): unknown {
  const schema = resolve(given)
  const inside = (part: Schema) => exampleOf(part, resolve, depth + 1)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return inside(choices[0] ?? {})
  const [type] = [schema.type ?? []].flat()
  switch (type) {
    case 'object':
      if (depth > DEPTH_MAX) return {}
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, exampleFor(name, part)]),
      )
    case 'array':
      return depth > DEPTH_MAX ? [] : [inside(schema.items ?? {})]
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return false
    case 'string':
      return textOf(schema)
    default:
      return {}
  }
  function exampleFor(name: string, part: Schema): unknown {
    return Object.hasOwn(texts, name) && typeof inside(part) === 'string' ? texts[name] : inside(part)
  }
}

function textOf({ format }: Schema): string {
  if (format === 'uuid') return UUID
  if (format === 'date-time') return '2027-02-14T09:30:00.000Z'
  if (format === 'date') return '2027-12-31'
  return 'text'
}

const texts: Record<string, string> = {
  key: 'EDITOR_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA',
  display_key: '****-E304DA',
  email: 'tomas@herrera.example',
  to: 'tomas@herrera.example',
  name: 'Inkwell Editor',
  label: 'Studio iMac',
  slug: 'inkwell',
  prefix: 'EDITOR',
  version: '5.x',
  reference: 'ORDER-10482',
  fingerprint: '9c1e0f6a',
  external_id: 'cus_4711',
  note: '',
  type: 'https://keys.example.com/docs/errors/NOT_FOUND',
  title: 'Not found',
  detail: 'There is no such license key.',
  support_email: 'help@inkwell.example',
  website_url: 'https://inkwell.example',
  instructions: '1. Open **Settings**',
  description: 'Writes beautifully.',
  path: 'customer.email',
  message: 'Enter an e-mail address',
}
