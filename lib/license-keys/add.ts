import '#server-only'
import type { Merchant, Store } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import type { MailTo } from '../mail/schema.ts'
import { mergeMetadata } from '../metadata/rules.ts'
import { columnsOf } from './change.ts'
import { noteColumns } from './note.ts'
import { configurationColumns } from './queries.ts'
import { expiryAt, type PurchaseReasons, startingState } from './rules.ts'
import type { KeyChanges } from './schema.ts'

// How keys come into being, in a handful of statements however many there are.

/** Everything about a key that is to be made; whom and what it names is locked or new in the same transaction. */
export type NewKey = {
  configuration: KeyTemplate
  customer: { id: string; email: string }
  product: { id: string } | null
  purchase: { id: string; reference: string; kind: 'one_time' | 'subscription'; reasons: PurchaseReasons } | null
  note: string
  sendMail: boolean
  /** What differs from the configuration. */
  changes?: KeyChanges | undefined
}

/** A configuration as keys are made from it. */
export type KeyTemplate =
  Awaited<ReturnType<typeof lockTemplates>> extends Map<string, infer Template> ? Template : never

/** Configurations by id, held until the keys are there, so that none is archived meanwhile. Others' are left out. */
export async function lockTemplates(tx: Tx, { organizationId }: { organizationId: string }, ids: string[]) {
  const unique = [...new Set(ids)]
  await tx.$queryRaw`SELECT 1 FROM key_configurations
    WHERE id = ANY(${unique}::uuid[]) AND organization_id = ${organizationId}::uuid ORDER BY id FOR SHARE`
  const rows = await tx.keyConfiguration.findMany({
    where: { id: { in: unique }, organizationId },
    select: {
      ...configurationColumns,
      prefix: true,
      format: true,
      archivedAt: true,
      organization: { select: { timeZone: true } },
    },
  })
  return new Map(rows.map((row) => [row.id, row]))
}

/** Why no key comes from a configuration, or null. */
export const whyNoKeyFrom = (configuration: { archivedAt: Date | null }): Refusal | null =>
  configuration.archivedAt
    ? new Refusal('CONFLICT', 'This key configuration is archived; restore it first.', 'keyConfigurationId')
    : null

/** Makes keys, and their events with the mails that go out. `alongside`: keys of the same purchase that come in the same mail. */
export async function addKeys(
  tx: Tx,
  merchant: Merchant | Store,
  keys: NewKey[],
  now: Date,
  alongside: readonly string[] = [],
): Promise<{ licenseKeyId: string; keyString: string }[]> {
  const { organizationId } = merchant
  const made = keys.map((key) => ({
    ...key,
    licenseKeyId: newId(now),
    keyString: makeKeyString(key.configuration.format, key.configuration.prefix),
  }))
  await tx.licenseKey.createMany({
    data: made.map(({ licenseKeyId, keyString, configuration, customer, product, purchase, note, changes }) => {
      // The key of a subscription has no date of its own: it lives and dies with the subscription.
      const expiresAt =
        purchase?.kind === 'subscription'
          ? null
          : expiryAt(configuration, 'issue', now, configuration.organization.timeZone)
      const state = startingState('granted', purchase?.reasons ?? [])
      const before = {
        ...state,
        createdAt: now,
        expiresAt,
        expiryOverridden: false,
        expiryDay: null,
        firstActivatedAt: null,
        organization: configuration.organization,
        purchase,
        keyConfiguration: configuration,
      }
      return {
        id: licenseKeyId,
        organizationId,
        keyConfigurationId: configuration.id,
        productId: product?.id ?? null,
        customerId: customer.id,
        purchaseId: purchase?.id ?? null,
        ...keyStringColumns(keyString, configuration.prefix),
        ...state,
        expiresAt,
        createdAt: now,
        updatedAt: now,
        ...(changes && columnsOf(changes, before, now)),
        metadata: mergeMetadata({}, changes?.metadata),
        tags: changes?.tags ?? [],
        ...noteColumns(note),
      }
    }),
  })
  // Of a purchase that brings several keys they come in one mail.
  const together = Map.groupBy(
    made.filter(({ sendMail, purchase }) => sendMail && purchase),
    ({ purchase, customer }) => `${purchase?.id} ${customer.email}`,
  )
  const mailOf = ({ licenseKeyId, purchase, customer, sendMail }: (typeof made)[number]): MailTo[] => {
    if (!sendMail) return []
    const [first, ...others] = together.get(`${purchase?.id} ${customer.email}`) ?? []
    if (!purchase || others.length + alongside.length === 0)
      return [{ template: 'license-key', to: customer.email, payload: { licenseKeyId } }]
    if (first?.licenseKeyId !== licenseKeyId) return []
    const licenseKeyIds = [...alongside, ...[first, ...others].map((each) => each.licenseKeyId)]
    return [{ template: 'license-keys', to: customer.email, payload: { purchaseId: purchase.id, licenseKeyIds } }]
  }
  await record(
    tx,
    merchant,
    now,
    ...made.map((key) => {
      const { licenseKeyId, configuration, customer, product, purchase } = key
      return {
        type: 'license_key.issued' as const,
        organizationId,
        licenseKeyId,
        customerId: customer.id,
        keyConfigurationId: configuration.id,
        productId: product?.id,
        purchaseId: purchase?.id,
        data: { customer: customer.email, configuration: configuration.name, purchase: purchase?.reference ?? null },
        mails: mailOf(key),
      }
    }),
  )
  return made.map(({ licenseKeyId, keyString }) => ({ licenseKeyId, keyString }))
}
