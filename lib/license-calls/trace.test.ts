import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../base/json.ts'
import { activateCodes, validateCodes } from '../error-codes/schema.ts'
import type { ActivationFacts, KeyFacts } from '../license-keys/rules.ts'
import {
  type ActivateAsk,
  checkValidate,
  decideActivation,
  type Step,
  traceActivation,
  traceValidate,
  type ValidateAsk,
} from './rules.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const oneOf = fc.constantFrom

const conditions = oneOf<JsonObject>({}, { major: 1 })

const key: fc.Arbitrary<KeyFacts> = fc.record({
  status: oneOf('granted', 'granted', 'granted', 'disabled', 'revoked'),
  expiresAt: fc.option(oneOf(-40, -3, 0, 5).map((days) => new Date(now.getTime() + days * 86_400_000))),
  productId: oneOf(null, 'a', 'b'),
  keyConfigurationId: oneOf('a', 'b'),
  customerId: oneOf('a', 'b'),
  formerIds: oneOf([], ['c']),
  newDevicesBlocked: fc.boolean(),
  usage: fc.nat(12),
  usagePeriodStart: oneOf(null, new Date('2026-11-01T00:00:00Z'), new Date('2026-10-01T00:00:00Z')),
  entitlements: fc.subarray(['x', 'y']),
  limits: fc.record({
    activations: oneOf(
      { mode: 'off' as const, limit: null, overridden: false },
      { mode: 'unlimited' as const, limit: null, overridden: false },
      { mode: 'limited' as const, limit: 1, overridden: false },
      { mode: 'limited' as const, limit: 3, overridden: true },
    ),
    usage: fc.record({
      limit: oneOf(null, 10),
      reset: oneOf('never' as const, 'month' as const),
      overridden: fc.boolean(),
    }),
    grace: oneOf({ days: 0, overridden: false }, { days: 7, overridden: true }),
    activationRequired: fc.boolean(),
  }),
})

const devices: fc.Arbitrary<ActivationFacts[]> = fc
  .subarray(['d1', 'd2', 'd3'])
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), fingerprint: oneOf(null, `f-${id}`), conditions }))),
  )

const validateAsk: fc.Arbitrary<ValidateAsk> = fc.record({
  activationId: oneOf(null, null, 'd1', 'd9'),
  fingerprint: oneOf(null, null, 'f-d1', 'f-new', 'Default string'),
  conditions,
  incrementUsage: oneOf(0, 0, 1, 11),
  productId: oneOf(null, null, 'a', 'c'),
  keyConfigurationId: oneOf(null, null, 'a'),
  customerId: oneOf(null, null, 'a'),
  entitlements: fc.subarray(['x', 'y', 'z']),
})

const activateAsk: fc.Arbitrary<ActivateAsk> = fc.record({
  fingerprint: oneOf(null, 'f-d1', 'f-new'),
  replaceActivationId: oneOf(null, null, 'd1', 'd9'),
  lostActivationId: oneOf(null, 'd2'),
  mayReplace: fc.boolean(),
})

const refusedBy = (steps: Step[]) => steps.find(({ outcome }) => outcome === 'refused')

/** After a refusal nothing is reached, before it everything passed. */
function expectOrder(steps: Step[]) {
  const at = steps.findIndex(({ outcome }) => outcome === 'refused')
  for (const [i, { outcome }] of steps.entries()) {
    if (at !== -1 && i > at) expect(outcome).toBe('not_reached')
    else if (i !== at) expect(['passed', 'not_needed']).toContain(outcome)
  }
}

describe('a trace', () => {
  test('of any validation comes to what is decided, and to the values it was decided by', () => {
    fc.assert(
      fc.property(key, devices, validateAsk, (key, devices, ask) => {
        const steps = traceValidate(key, devices, ask, now)
        const { verdict } = checkValidate(key, devices, ask, now)
        expect(refusedBy(steps)?.code ?? 'VALID').toBe(verdict.code)
        expect(refusedBy(steps)?.looked).toEqual(verdict.looked)
        expectOrder(steps)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of any activation comes to what is decided, and to the values it was decided by', () => {
    fc.assert(
      fc.property(key, devices, activateAsk, (key, devices, ask) => {
        const steps = traceActivation(key, devices, ask, now)
        const decision = decideActivation(key, devices, ask, now)
        expect(refusedBy(steps)?.code ?? 'ACTIVATED').toBe(decision.verdict.code)
        expect(refusedBy(steps)?.looked).toEqual(decision.verdict.looked)
        const isKnown = steps.some(({ outcome }) => outcome === 'not_needed')
        expect(isKnown).toBe(decision.do === 'reuse')
        expectOrder(steps)
      }),
      { numRuns: 2_000 },
    )
  })

  test('has every check there is, in the order of the contract', () => {
    const any = fc.sample(fc.tuple(key, devices, validateAsk, activateAsk), 1)[0]
    if (!any) throw new Error('nothing sampled')
    const found = ({ code }: { code: string }) => code
    expect(traceValidate(any[0], any[1], any[2], now).map(found)).toEqual(
      validateCodes.filter((code) => !['NOT_FOUND', 'REPLACED', 'VALID'].includes(code)),
    )
    expect(traceActivation(any[0], any[1], any[3], now).map(found)).toEqual(
      activateCodes.filter((code) => !['NOT_FOUND', 'REPLACED', 'ACTIVATED'].includes(code)),
    )
  })
})
