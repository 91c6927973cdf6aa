import '#server-only'
import { lastMomentOf } from '../base/days.ts'
import { isRefusal, Refusal } from '../base/errors.ts'
import type { SupportBounds } from '../base/permissions.ts'
import type { Keepable } from '../key-configurations/rules.ts'
import { type Extension, whyNotDevices, whyNotEnd } from '../license-keys/bounds.ts'
import { columnsOf } from '../license-keys/change.ts'
import {
  configuredExpiry,
  type KeyState,
  mayExtend,
  reasonsFor,
  reasonsInWords,
  restored,
  revokedByHand,
  sameState,
  switched,
  whyNotRestored,
  withHold,
} from '../license-keys/rules.ts'
import type { KeyChanges } from '../license-keys/schema.ts'
import { limits as metadataLimits } from '../metadata/schema.ts'
import type { BulkKey, Catalogue, Configuration } from './keys.ts'
import { limitsOf, stateOf, valuesOf } from './rules.ts'
import type { BulkAction } from './schema.ts'
import type { KeyValues } from './values.ts'

/** What is done with one key, or why nothing is. */
export type Decision =
  | { do: 'change'; to: Partial<KeyValues> }
  | { do: 'mail' }
  /** It is so already. */
  | { do: 'nothing'; why: string }
  | { do: 'refuse'; why: string }

/** How far support may go, where support asks. */
export type Within = { bounds: SupportBounds; extensions: ReadonlyMap<string, Extension> }

/**
 * What an action comes to for one key as it is now. A preview asks it, and so does whoever carries it out, under the key's lock. `within` has the
 * bounds of whoever may not change keys as they like.
 */
export function decide(
  action: BulkAction,
  key: BulkKey,
  catalogue: Catalogue,
  now: Date,
  within: Within | null = null,
): Decision {
  const decision = decideFreely(action, key, catalogue, now)
  if (!within || decision.do !== 'change') return decision
  const why = whyTooFar(key, decision.to, catalogue, now, within)
  return why ? refuse(why) : decision
}

function whyTooFar(
  key: BulkKey,
  to: Partial<KeyValues>,
  catalogue: Catalogue,
  now: Date,
  { bounds, extensions }: Within,
): string | null {
  const { values } = key
  const configuration = configurationOf(key, catalogue)
  const date = (at: string | null) => (at === null ? null : new Date(at))
  const ends = { from: date(values.expiresAt), to: date(to.expiresAt === undefined ? values.expiresAt : to.expiresAt) }
  const devices = {
    from: limitsOf(values, configuration).activations,
    to: limitsOf({ ...values, ...to }, configuration).activations,
    configured: { mode: configuration.activationsMode, limit: configuration.activationLimit },
  }
  const extension = extensions.get(key.id) ?? null
  return whyNotEnd({ ...ends, extension }, bounds, catalogue.timeZone, now) ?? whyNotDevices(devices, bounds)
}

/** Why support may not begin such a change at all. */
export const whyNotBySupport = (action: BulkAction): string | null => {
  const isMine = ['disable', 'enable', 'extend', 'limits', 'resend'].includes(action.action)
  return isMine && !(action.action === 'limits' && action.usageLimit !== undefined)
    ? null
    : 'Support disables keys, extends them, changes their devices and mails them again. For anything else, ask an admin.'
}

function decideFreely(action: BulkAction, key: BulkKey, catalogue: Catalogue, now: Date): Decision {
  const before = stateOf(key.values)
  switch (action.action) {
    case 'disable':
    case 'enable':
    case 'revoke':
    case 'restore':
      return decideState(action, before, reasonsFor(key.purchase, key))
    case 'extend':
      return decideEnd(action.to, key, catalogue, now)
    case 'limits':
      return changed(key, { activations: action.activations, usageLimit: action.usageLimit }, catalogue, now)
    case 'move':
      return decideMove(action, key, catalogue)
    case 'tag':
      return decideTags(action, key)
    case 'resend':
      return before.status === 'revoked' ? { do: 'refuse', why: revoked(before) } : { do: 'mail' }
  }
}

const revoked = ({ revokedFor }: KeyState) => `Revoked: ${reasonsInWords(revokedFor)}`
const nothing = (why: string): Decision => ({ do: 'nothing', why })
const refuse = (why: string): Decision => ({ do: 'refuse', why })

function decideState(
  action: Extract<BulkAction, { action: 'disable' | 'enable' | 'revoke' | 'restore' }>,
  before: KeyState,
  purchase: ReturnType<typeof reasonsFor>,
): Decision {
  const to = (after: KeyState): Decision => ({ do: 'change', to: valuesOf(after) })
  switch (action.action) {
    case 'disable':
      if (before.status === 'revoked') return nothing(revoked(before))
      return before.status === 'disabled' ? nothing('Disabled already') : to(switched(before, true))
    case 'enable':
      if (before.status === 'revoked') return refuse(revoked(before))
      return before.status === 'granted' ? nothing('Not disabled') : to(switched(before, false))
    case 'revoke': {
      const after = revokedByHand(before, purchase)
      return sameState(before, after) ? nothing('Revoked by hand already') : to(after)
    }
    case 'restore': {
      if (before.status !== 'revoked') return nothing('Not revoked')
      const lifted = restored(before, purchase)
      const after = action.hold && lifted.status === 'revoked' ? withHold(lifted, true, purchase) : lifted
      return sameState(before, after) ? refuse(whyNotRestored(before, after) ?? revoked(before)) : to(after)
    }
  }
}

function decideEnd(
  to: Extract<BulkAction, { action: 'extend' }>['to'],
  key: BulkKey,
  catalogue: Catalogue,
  now: Date,
): Decision {
  const expiresAt = typeof to === 'string' ? lastMomentOf(to, catalogue.timeZone) : to
  const state = stateOf(key.values)
  const why = mayExtend(state)
  if (why) return refuse(revoked(state))
  if (expiresAt instanceof Date && key.purchase?.kind === 'subscription') return refuse('Ends with its subscription')
  const isMore = expiresAt !== null && !(expiresAt instanceof Date)
  if (isMore && key.values.expiresAt === null) return refuse('No end that could be moved')
  return changed(key, { expiresAt }, catalogue, now)
}

const configurationOf = (key: BulkKey, { configurations }: Catalogue): Configuration => {
  const found = configurations.get(key.values.keyConfigurationId)
  if (!found) throw new Error(`key ${key.id} has no configuration`)
  return found
}

// What one key's own form would do to its columns.
function changed(key: BulkKey, changes: KeyChanges, catalogue: Catalogue, now: Date): Decision {
  const { values } = key
  const before = {
    ...key,
    ...values,
    expiresAt: values.expiresAt === null ? null : new Date(values.expiresAt),
    organization: { timeZone: catalogue.timeZone },
    purchaseUnit: { isSurplus: key.isSurplus },
    keyConfiguration: configurationOf(key, catalogue),
  }
  try {
    const { expiresAt, ...columns } = columnsOf(changes, before, now) as Partial<
      Omit<KeyValues, 'expiresAt'> & { expiresAt: Date | null }
    >
    const to = { ...columns, ...(expiresAt !== undefined && { expiresAt: expiresAt?.toISOString() ?? null }) }
    return isAsBefore(values, to) ? nothing('As it is already') : { do: 'change', to }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return refuse(error.message)
  }
}

const isAsBefore = (values: KeyValues, to: Partial<KeyValues>) =>
  (Object.keys(to) as (keyof KeyValues)[]).every((name) => JSON.stringify(values[name]) === JSON.stringify(to[name]))

/** Why keys cannot be moved to a configuration at all, or sold as that product with it; null when they can. */
export function whyNotMoved(
  { keyConfigurationId, productId }: Extract<BulkAction, { action: 'move' }>,
  { configurations, products }: Catalogue,
): Refusal | null {
  const target = configurations.get(keyConfigurationId)
  if (!target) return new Refusal('NOT_FOUND', 'There is no such key configuration.', 'keyConfigurationId')
  if (target.archivedAt)
    return new Refusal('CONFLICT', `${target.name} is archived. Restore it first.`, 'keyConfigurationId')
  if (productId === undefined) return null
  const product = products.get(productId)
  if (!product) return new Refusal('NOT_FOUND', 'There is no such product.', 'productId')
  if (product.archivedAt) return new Refusal('CONFLICT', `${product.name} is archived. Restore it first.`, 'productId')
  return product.grants.has(keyConfigurationId)
    ? null
    : new Refusal('CONFLICT', `${product.name} does not grant ${target.name}.`, 'productId')
}

function decideMove(
  { keyConfigurationId, productId, expiry }: Extract<BulkAction, { action: 'move' }>,
  key: BulkKey,
  catalogue: Catalogue,
): Decision {
  const { values } = key
  const target = catalogue.configurations.get(keyConfigurationId)
  if (!target) return refuse('There is no such key configuration.')
  const product = productId ?? values.productId
  if (values.keyConfigurationId === keyConfigurationId && values.productId === product)
    return nothing(`In ${target.name} already`)
  const sold = product === null ? null : catalogue.products.get(product)
  if (sold && !sold.grants.has(keyConfigurationId)) return refuse(`${sold.name} does not grant ${target.name}`)
  // Software in the field goes on asking for what it was sold as.
  const former = [...values.formerIds, values.keyConfigurationId, ...(values.productId ? [values.productId] : [])]
  const formerIds = [...new Set(former)].filter((id) => id !== keyConfigurationId && id !== product)
  const source = configurationOf(key, catalogue)
  const hasNotBegun =
    values.expiresAt === null &&
    !values.expiryOverridden &&
    key.firstActivatedAt === null &&
    source.expiryKind === 'duration' &&
    source.expiryStart === 'first_activation'
  const ofSubscription = key.purchase?.kind === 'subscription'
  const end =
    expiry === 'configuration' || hasNotBegun
      ? {
          expiresAt: configuredExpiry({ ...key, ofSubscription }, target, catalogue.timeZone)?.toISOString() ?? null,
          ...{ expiryDay: null, expiryOverridden: false },
        }
      : {}
  return { do: 'change', to: { keyConfigurationId, productId: product, formerIds, ...end } }
}

function decideTags({ add, remove }: Extract<BulkAction, { action: 'tag' }>, { values }: BulkKey): Decision {
  const tags = [...new Set([...values.tags.filter((tag) => !remove.includes(tag)), ...add])]
  if (tags.length > metadataLimits.tags)
    return refuse(`It would have ${tags.length} tags; at most ${metadataLimits.tags} are kept`)
  return isAsBefore(values, { tags }) ? nothing('Tagged so already') : { do: 'change', to: { tags } }
}

/** The limits that a key keeps when its configuration changes: as they hold for it now, from then on its own. */
export function decideKeep(keeps: readonly Keepable[], key: BulkKey, catalogue: Catalogue): Decision {
  const { values } = key
  const { activationsMode, activationLimit, usageLimit, graceDays } = configurationOf(key, catalogue)
  const to: Partial<KeyValues> = {
    ...(keeps.includes('devices') &&
      values.activationsModeOverride === null && {
        activationsModeOverride: activationsMode,
        activationLimitOverride: activationsMode === 'limited' ? activationLimit : null,
      }),
    ...(keeps.includes('usage') &&
      !values.usageOverridden && { usageOverridden: true, usageLimitOverride: usageLimit }),
    ...(keeps.includes('grace') && values.graceDaysOverride === null && { graceDaysOverride: graceDays }),
  }
  return Object.keys(to).length === 0 ? nothing('Has its own limits already') : { do: 'change', to }
}
