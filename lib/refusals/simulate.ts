import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import {
  checkValidate,
  decideActivation,
  type Step,
  traceActivation,
  traceValidate,
  type Verdict,
} from '../license-calls/rules.ts'
import { askOf } from '../license-calls/validate.ts'
import { activationColumns, keyColumns, toActivation } from '../license-keys/queries.ts'
import { factsOf } from '../license-keys/row.ts'
import type { Simulation } from './schema.ts'
import { stepWords } from './steps.ts'

/** What the call would be answered, and every check on the way there. */
export type Simulated = {
  verdict: Verdict<LicenseCode>
  at: Date
  steps: (Step & { words: string })[]
}

/** Asks the rules as a call would at that moment, of the key as it is now. Nothing is written or counted, and nobody is told. */
export async function simulateCall(
  merchant: Merchant,
  licenseKeyId: string,
  { verb, at, ...call }: Simulation,
  now: Date,
): Promise<Simulated> {
  assertMay(merchant, 'keys.read')
  if (!isId(licenseKeyId)) throw notFound('license key')
  const { organizationId } = merchant
  const [row, rows] = await Promise.all([
    prisma.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId },
      select: {
        ...keyColumns,
        keyConfiguration: { select: { ...keyColumns.keyConfiguration.select, customerMayReplace: true } },
      },
    }),
    prisma.activation.findMany({
      where: { licenseKeyId, organizationId, deactivatedAt: null },
      select: activationColumns,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  ])
  if (!row) throw notFound('license key')
  const moment = at ?? now
  const { timeZone } = row.organization
  const facts = { ...factsOf(row, row.keyConfiguration), timeZone }
  const live = rows.map(toActivation)
  const around = { names: await namesOf(merchant, row, call), timeZone, at: moment }
  const traced = () => {
    if (verb === 'validate') {
      const ask = askOf({ key: '', organization_id: organizationId, ...call })
      return {
        verdict: checkValidate(facts, live, ask, moment).verdict,
        steps: traceValidate(facts, live, ask, moment),
      }
    }
    const ask = {
      fingerprint: call.fingerprint ?? null,
      replaceActivationId: call.replace_activation_id ?? null,
      mayReplace: row.keyConfiguration.customerMayReplace,
    }
    return {
      verdict: decideActivation(facts, live, ask, moment).verdict,
      steps: traceActivation(facts, live, ask, moment),
    }
  }
  const { verdict, steps } = traced()
  const found: Step[] = (['NOT_FOUND', 'REPLACED'] as const).map((code) => ({ code, outcome: 'passed', looked: {} }))
  const all = [...found, ...steps].map((step) => ({ ...step, words: stepWords(step, around) }))
  return { verdict, at: moment, steps: all }
}

type Named = Pick<Simulation, 'product_id' | 'benefit_id' | 'customer_id'>
type Around = {
  product: { id: string; name: string } | null
  keyConfiguration: { id: string; name: string }
  customer: { id: string; name: string | null; email: string }
}

/** What the ids of the call and the key are called. */
async function namesOf({ organizationId }: Merchant, row: Around, call: Named): Promise<Map<string, string>> {
  const named = (id: string | null | undefined) => ({ organizationId, id: { in: id && isId(id) ? [id] : [] } })
  const [products, configurations, customers] = await Promise.all([
    prisma.product.findMany({ where: named(call.product_id), select: { id: true, name: true } }),
    prisma.keyConfiguration.findMany({ where: named(call.benefit_id), select: { id: true, name: true } }),
    prisma.customer.findMany({ where: named(call.customer_id), select: { id: true, name: true, email: true } }),
  ])
  return new Map(
    [
      ...products,
      ...configurations,
      ...[...customers, row.customer].map(({ id, name, email }) => ({ id, name: name ?? email })),
      row.keyConfiguration,
      ...(row.product ? [row.product] : []),
    ].map(({ id, name }) => [id, name]),
  )
}

/** What a call about this key can name: its devices, and what the organization sells. */
export async function simulationChoices(merchant: Merchant, licenseKeyId: string) {
  assertMay(merchant, 'keys.read')
  if (!isId(licenseKeyId)) throw notFound('license key')
  const { organizationId } = merchant
  const [key, devices, products, configurations] = await Promise.all([
    prisma.licenseKey.findFirst({ where: { id: licenseKeyId, organizationId }, select: keyColumns }),
    prisma.activation.findMany({
      where: { licenseKeyId, organizationId, deactivatedAt: null },
      select: { id: true, label: true, fingerprint: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: 200,
    }),
    prisma.product.findMany({
      where: { organizationId, archivedAt: null },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
    prisma.keyConfiguration.findMany({
      where: { organizationId, archivedAt: null },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
  ])
  if (!key) throw notFound('license key')
  return {
    licenseKey: { id: key.id, prefix: key.prefix, lastCharacters: key.lastCharacters, customer: key.customer },
    timeZone: key.organization.timeZone,
    ...{ devices, products, configurations },
  }
}
