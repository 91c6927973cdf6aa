import '#server-only'
import { z } from 'zod'
import type { JsonObject } from '../base/json.ts'
import { activateCodes, validateCodes } from '../error-codes/schema.ts'
import { Simulation } from '../refusals/schema.ts'
import { simulateCall } from '../refusals/simulate.ts'
import { endpoint } from './endpoint.ts'
import { asked, Moment, shown, Time, time } from './wire.ts'

const codes = [...new Set([...validateCodes, ...activateCodes])] as [string, ...string[]]

const object = {
  anyOf: [{ type: 'object', additionalProperties: true }, { type: 'array', maxItems: 0 }, { type: 'null' }],
} as const

const Simulate = asked(
  'SimulateCall',
  Simulation.extend({
    verb: Simulation.shape.verb.describe('Which call of client software is meant.'),
    at: Moment.optional().describe('The moment it would be asked at; now, unless said. The key is taken as it is now.'),
    conditions: Simulation.shape.conditions.meta({ ...object, description: 'What the software would send.' }),
  }),
)

const Simulated = shown(
  'SimulatedCall',
  'What a call would be answered, with every check on the way there.',
  z.object({
    valid: z.boolean(),
    code: z.enum(codes),
    detail: z.string().describe('A sentence for people.'),
    grace: z.boolean().describe('Past its date, and still valid for some days.'),
    at: Time.describe('The moment that was asked about.'),
    checks: z
      .array(
        z.object({
          code: z.enum(codes).describe('What a refusal by this check is called.'),
          outcome: z
            .enum(['passed', 'refused', 'not_reached', 'not_needed'])
            .describe('`not_needed`: the device has a slot already, so nothing more is asked of it.'),
          detail: z.string().describe('What it looked at, as a sentence.'),
        }),
      )
      .describe('In the order in which they are made.'),
  }),
)

export const simulate = endpoint({
  operation: 'simulateLicenseCall',
  method: 'POST',
  path: '/license-keys/{id}/simulate',
  tag: 'License keys',
  summary: 'Simulate a call',
  description:
    'What client software would be told about this key, by the very rules that decide, and why. Nothing is counted, changed or sent.',
  permissions: ['keys.read'],
  body: Simulate,
  example: { verb: 'validate', fingerprint: '9c1e0f6a', at: '2027-01-31T12:00:00Z' },
  status: 200,
  answer: Simulated,
  run: async (client, { id, body, now }) => {
    const conditions = body.conditions as JsonObject | null | undefined
    const { verdict, at, steps } = await simulateCall(client, id, { ...body, conditions }, now)
    const { valid, code, detail, grace } = verdict
    const checks = steps.map(({ code, outcome, words }) => ({ code, outcome, detail: words }))
    return { valid, code, detail, grace, at: time(at), checks }
  },
})
