import type { BulkStatus } from '#prisma/enums.ts'
import { DAY_MS, endInShort } from '../base/days.ts'
import {
  type ConfigurationLimits,
  type EffectiveLimits,
  effectiveLimits,
  expiryState,
  type KeyState,
  type PurchaseReasons,
  sameState,
  withPurchase,
} from '../license-keys/rules.ts'
import { tagChanges } from '../metadata/rules.ts'
import { type Kept, UNDO_DAYS } from './plain.ts'
import { type KeyValues, type ValueName, valueColumns } from './values.ts'

// What a change comes to, and what may be taken back: decided from values, with no database in sight.

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** What differs between two sets of values, before and after; null when nothing does. */
export function differences(before: KeyValues, after: Partial<KeyValues>): { was: Kept; became: Kept } | null {
  const names = (Object.keys(after) as (keyof KeyValues)[]).filter((name) => !same(before[name], after[name]))
  if (names.length === 0) return null
  const pick = (values: Partial<KeyValues>) => Object.fromEntries(names.map((name) => [name, values[name]])) as Kept
  return { was: pick(before), became: pick(after) }
}

/** The state among the values of a key. */
export const stateOf = ({ status, revokedFor, held, switchedOff }: KeyValues): KeyState => ({
  ...{ status, revokedFor, held, switchedOff },
})

const stateNames = ['status', 'revokedFor', 'held', 'switchedOff'] as const

/** A state as values. */
export const valuesOf = (state: KeyState): Pick<KeyValues, (typeof stateNames)[number]> => ({
  ...{ status: state.status, revokedFor: state.revokedFor, held: state.held },
  switchedOff: state.switchedOff ?? false,
})

/** What a key may do now; `usable` while validations say yes to it as far as state and time go. */
export const isUsable = (values: KeyValues, limits: EffectiveLimits, now: Date): boolean =>
  values.status === 'granted' &&
  expiryState({ expiresAt: values.expiresAt === null ? null : new Date(values.expiresAt), limits }, now) !== 'expired'

/** The limits that hold for a key with these values. */
export const limitsOf = (values: KeyValues, configuration: ConfigurationLimits): EffectiveLimits =>
  effectiveLimits(values, configuration)

/** How things are called that values name by id. */
export type Names = {
  timeZone: string
  configurations: ReadonlyMap<string, ConfigurationLimits & { name: string }>
  products: ReadonlyMap<string, { name: string }>
}

const deviceWords = ({ activations }: EffectiveLimits) =>
  activations.mode === 'limited' ? String(activations.limit) : activations.mode
const usageWords = ({ usage }: EffectiveLimits) => (usage.limit === null ? 'unlimited' : String(usage.limit))

const onlyNamed = (Object.entries(valueColumns) as [ValueName, (typeof valueColumns)[ValueName]][]).filter(
  ([, { isOnlyNamed }]) => isOnlyNamed,
)

/** What differs between two sets of values but the state, a line for each thing, as the history has it. */
export function valueChanges(before: KeyValues, after: KeyValues, names: Names): string[] {
  const limits = (values: KeyValues) => {
    const configuration = names.configurations.get(values.keyConfigurationId)
    return configuration && limitsOf(values, configuration)
  }
  const [from, to] = [limits(before), limits(after)]
  const day = (at: string | null) => (at ? endInShort(new Date(at), names.timeZone) : 'never')
  const configuration = (id: string) => names.configurations.get(id)?.name ?? 'another one'
  const product = (id: string | null) => (id === null ? 'none' : (names.products.get(id)?.name ?? 'another one'))
  const line = (label: string, a: string, b: string) => (a === b ? [] : [`${label}: ${a} → ${b}`])
  return [
    ...line('Configuration', configuration(before.keyConfigurationId), configuration(after.keyConfigurationId)),
    ...line('Product', product(before.productId), product(after.productId)),
    ...(from && to
      ? [
          ...line('Device limit', deviceWords(from), deviceWords(to)),
          ...line('Usage limit', usageWords(from), usageWords(to)),
          ...line('Grace period', `${from.grace.days} days`, `${to.grace.days} days`),
        ]
      : []),
    ...line('Expires', day(before.expiresAt), day(after.expiresAt)),
    ...line(
      'New devices',
      before.newDevicesBlocked ? 'blocked' : 'allowed',
      after.newDevicesBlocked ? 'blocked' : 'allowed',
    ),
    ...tagChanges(before.tags, after.tags),
    ...onlyNamed.flatMap(([name, { label }]) => (same(before[name], after[name]) ? [] : [label])),
  ]
}

// ---------------------------------------------------------------- taking back

/** Why a change can no longer be taken back, or null. */
export function whyNotUndone(
  change: { status: BulkStatus; createdAt: Date; changed: number; action: string },
  now: Date,
): string | null {
  if (change.action === 'resend') return 'A mail that was sent cannot be taken back.'
  if (change.status === 'running') return 'It is still running. Stop it first, or wait until it is done.'
  if (change.status === 'undoing') return 'It is being taken back.'
  if (now.getTime() >= change.createdAt.getTime() + UNDO_DAYS * DAY_MS)
    return `What the keys were before is kept for ${UNDO_DAYS} days.`
  // A configuration goes back also where no key was spared.
  const isNothing = change.changed === 0 && change.action !== 'configure'
  if (change.status === 'undone' || isNothing) return 'There is nothing left to take back.'
  return null
}

/** Until when it can be taken back. */
export const undoableUntil = (createdAt: Date): Date => new Date(createdAt.getTime() + UNDO_DAYS * DAY_MS)

/** What to do with one key of a change that is taken back. */
export type UndoDecision = { do: 'undo'; to: Partial<KeyValues> } | { do: 'leave'; why: string }

/**
 * A key goes back to what it was where it still is what the change made of it; whoever changed it since meant what it is now. What its purchase
 * says holds all the same: a key that was revoked for it before is not, if the purchase is in order now.
 */
export function decideUndo(
  present: KeyValues,
  { was, became }: { was: Kept; became: Kept },
  purchase: PurchaseReasons,
  /** What was changed since and back again: by what people call it. */
  touched: ReadonlySet<string>,
): UndoDecision {
  const names = (Object.keys(became) as (keyof Kept)[]).filter((name) => name !== 'devices')
  const labels = new Set(
    names
      .filter((name) => !same(present[name], became[name]) || touched.has(valueColumns[name].label))
      .map((name) => valueColumns[name].label),
  )
  if (labels.size > 0) return { do: 'leave', why: `Changed since: ${[...labels].join(', ').toLowerCase()}` }
  const to: Partial<KeyValues> = Object.fromEntries(names.map((name) => [name, was[name]]))
  if (!names.some((name) => (stateNames as readonly string[]).includes(name))) return { do: 'undo', to }
  const before = stateOf({ ...present, ...to })
  const due = withPurchase(before, purchase)
  // Exactly as it was, to the order of its reasons, unless its purchase says otherwise by now.
  return { do: 'undo', to: sameState(before, due) ? to : { ...to, ...valuesOf(due) } }
}
