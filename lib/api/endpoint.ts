import '#server-only'
import type { z } from 'zod'
import type { ApiClient } from '../base/actor.ts'
import type { Permission } from '../base/permissions.ts'
import type { ProblemCode } from './problem.ts'

/** The versions of the API by their dates, the newest last. */
export const apiVersions = ['2026-11-28'] as const

/** What a request asks, checked: the id in its path, its query, its body, and when it came. */
export type Ask<Query, Body> = { id: string; query: Query; body: Body; now: Date }

/** The chapters of the reference, in their order. */
export const tags = [
  'License keys',
  'Activations',
  'Customers',
  'Purchases',
  'Stores',
  'Products',
  'Key configurations',
  'Events',
  'Webhooks',
  'Organization',
] as const
export type Tag = (typeof tags)[number]

/** One address and method of the management API: what it takes, what it answers, who may call it, and what it does. */
export type Endpoint = {
  /** How generated clients call it. */
  operation: string
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below /api/v1; `{id}` stands for the one id a path has. */
  path: string
  tag: Tag
  summary: string
  description?: string
  permissions: readonly Permission[]
  query?: z.ZodObject
  body?: z.ZodType
  example?: object
  status: 200 | 201
  answer: z.ZodType
  /** It goes past Prisma, so it can neither be rehearsed nor made on condition (`inOneTransaction`). */
  isBesides?: true
  /** It locks more than the one thing in its path, in an order of its own: no If-Match. */
  locksOthers?: true
  /** What it can refuse, beside what every endpoint can. */
  refuses?: readonly ProblemCode[]
  run: (client: ApiClient, ask: Ask<unknown, unknown>) => Promise<unknown>
}

/** Writes an endpoint with the types of its own schemas. */
export const endpoint = <
  Answer extends z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
>(
  parts: Omit<Endpoint, 'query' | 'body' | 'answer' | 'run'> & {
    query?: Query
    body?: Body
    answer: Answer
    run: (client: ApiClient, ask: Ask<z.output<Query>, z.output<Body>>) => Promise<z.input<Answer>>
  },
): Endpoint => parts as unknown as Endpoint
