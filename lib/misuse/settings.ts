import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { type AloneRule, type Audience, misuseDefaults } from './plain.ts'
import type { KeepAddresses, SetPolicy, TurnRule } from './schema.ts'

// What an organization says about misuse: whom keys are sold to, how long addresses are kept, and which rules act alone.

type Policy = { audience: Audience; seats: number | null }

const policyWords = ({ audience, seats }: Policy): string =>
  ({
    unsaid: 'not said',
    person: 'one person',
    team: `a team of ${seats}`,
    trial: 'one person, as a trial',
    anyone: 'anyone',
  })[audience]

const policyParts: EditPart<Policy>[] = [
  { label: 'Sold to', fields: ['audience', 'seats'], input: 'audience', words: policyWords },
]

/** Says whom keys of a configuration are sold to; they are looked at again. `opened` is what the form showed when it was opened. */
export async function setPolicy(
  merchant: Merchant,
  { keyConfigurationId, audience, seats }: SetPolicy,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM key_configurations
      WHERE id = ${keyConfigurationId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const configuration = await tx.keyConfiguration.findFirst({
      where: { id: keyConfigurationId, organizationId },
      select: { name: true, misusePolicy: { select: { audience: true, seats: true } } },
    })
    if (!configuration) throw notFound('key configuration')
    const before = (configuration.misusePolicy ?? { audience: 'unsaid', seats: null }) as Policy
    const typed: Policy = { audience, seats: audience === 'team' ? seats : null }
    const policy = opened ? mergeEdit(policyParts, opened, typed, before).merged : typed
    if (before.audience === policy.audience && before.seats === policy.seats) return
    await tx.misusePolicy.upsert({
      where: { keyConfigurationId },
      create: { keyConfigurationId, organizationId, ...policy },
      update: policy,
    })
    await tx.$executeRaw`UPDATE key_risks r SET due_at = ${now} FROM license_keys k
      WHERE k.id = r.license_key_id AND k.key_configuration_id = ${keyConfigurationId}::uuid AND r.organization_id = ${organizationId}::uuid`
    await record(tx, merchant, now, {
      type: 'key_configuration.updated',
      ...{ organizationId, keyConfigurationId },
      data: {
        name: configuration.name,
        changes: [`Sold to: ${policyWords(before)} → ${policyWords(policy)}`],
      },
    })
  })
}

type Settings = typeof misuseDefaults

/** Changes one of the settings under a lock, with the sentence for the history; null: nothing changes. */
const change = (
  merchant: Merchant,
  now: Date,
  decide: (before: Settings) => { to: Partial<Settings>; words: string } | null,
) =>
  prisma.$transaction(async (tx) => {
    const { organizationId } = merchant
    const change = decide(await lockSettings(tx, organizationId))
    if (!change) return
    await tx.misuseSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...change.to },
      update: change.to,
    })
    await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes: [change.words] } })
  })

// There may be no row yet: the organization's is locked.
async function lockSettings(tx: Tx, organizationId: string): Promise<Settings> {
  await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
  return (await tx.misuseSettings.findUnique({ where: { organizationId } })) ?? misuseDefaults
}

const addressParts: EditPart<KeepAddresses>[] = [
  {
    ...{ label: 'Shortened addresses', fields: ['addressDays'], input: 'addressDays' },
    words: ({ addressDays }) => `kept ${addressDays} days`,
  },
]

/** Says how long shortened network addresses are kept. `opened` is what the form showed when it was opened. */
export async function keepAddresses(
  merchant: Merchant,
  typed: KeepAddresses,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'organization.write')
  await change(merchant, now, ({ addressDays: was }) => {
    const { addressDays } = opened ? mergeEdit(addressParts, opened, typed, { addressDays: was }).merged : typed
    const words = `Shortened network addresses are kept: ${was} → ${addressDays} days`
    return was === addressDays ? null : { to: { addressDays }, words }
  })
}

const ruleWords: Record<AloneRule, string> = {
  asksAlone: 'Asks owners by itself',
  blocksAlone: 'Blocks new devices by itself',
}

/** Switches one of the rules that act alone on or off. */
export async function turnRule(merchant: Merchant, { rule, isOn }: TurnRule, now: Date): Promise<void> {
  assertMay(merchant, 'organization.write')
  await change(merchant, now, (before) =>
    before[rule] === isOn ? null : { to: { [rule]: isOn }, words: `${ruleWords[rule]}: ${isOn ? 'on' : 'off'}` },
  )
}
