import '#server-only'
import { endInShort } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import type { Tx } from '../database/client.ts'
import { configurationColumns } from './queries.ts'
import { effectiveLimits, whyNotWorking } from './rules.ts'

/**
 * Refuses to mail keys that do not work, unless whoever asks knows it: a customer who reads "here is your license key" after a refund takes it
 * for good.
 */
export async function assertWorkOrAnyway(
  tx: Tx,
  {
    organizationId,
    licenseKeyIds,
    anyway,
  }: { organizationId: string; licenseKeyIds: readonly string[]; anyway: boolean },
  now: Date,
): Promise<void> {
  if (anyway) return
  const keys = await tx.licenseKey.findMany({
    where: { id: { in: [...licenseKeyIds] }, organizationId },
    select: {
      ...{ status: true, revokedFor: true, expiresAt: true, graceDaysOverride: true, usageOverridden: true },
      ...{ activationsModeOverride: true, activationLimitOverride: true, usageLimitOverride: true },
      keyConfiguration: { select: configurationColumns },
      organization: { select: { timeZone: true } },
    },
  })
  const whys = keys.flatMap(({ keyConfiguration, organization, ...key }) => {
    const limits = effectiveLimits(key, keyConfiguration)
    const end = key.expiresAt && endInShort(key.expiresAt, organization.timeZone)
    return whyNotWorking({ ...key, limits, end }, now) ?? []
  })
  const [why] = whys
  if (why === undefined) return
  const which =
    keys.length === 1
      ? `This key does not work: ${why}.`
      : whys.length === keys.length
        ? `None of these ${keys.length} keys works.`
        : `${whys.length} of these ${keys.length} keys ${whys.length === 1 ? 'does' : 'do'} not work.`
  throw new Refusal('CONFLICT', `${which} The mail would say so.`, 'anyway')
}
