import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import type { ValidatedSpan } from './plain.ts'
import { daysToRead, type ValidatedStep, validatedSteps } from './validated-steps.ts'

/** How often a key was validated: one entry per step of the span (UTC), the last one running. Nothing of another organization's key. */
export async function validationsOf(
  { organizationId }: Merchant,
  licenseKeyId: string,
  span: ValidatedSpan,
  now: Date,
): Promise<ValidatedStep[]> {
  const rows = await prisma.$queryRaw<{ day: Date; valid: number; refused: number }[]>`
    SELECT d.day, d.valid, d.refused FROM license_keys k JOIN validation_days d ON d.license_key_id = k.id
    WHERE k.id = ${licenseKeyId}::uuid AND k.organization_id = ${organizationId}::uuid AND d.day >= ${daysToRead(span, now)}::date`
  return validatedSteps(rows, span, now)
}
