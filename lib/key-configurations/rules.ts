import type { UsageReset } from '#prisma/enums.ts'
import { DAY_MS, dayOf, endInShort, lastMomentOf } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import type { KeyConfigurationSettings } from './schema.ts'

/** What a configuration says about its keys; a database row fits too. */
export type KeyConfigurationTerms = Omit<KeyConfigurationSettings, 'productIds'>

const number = (value: number) => value.toLocaleString('en')

const plural = (count: number, one: string, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`

const list = (words: string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(words)

const resets = {
  never: 'in total',
  day: 'per day',
  month: 'per month',
  year: 'per year',
} as const satisfies Record<UsageReset, string>

const words = {
  key: (c: KeyConfigurationTerms) => {
    const shape = c.format === 'uuid' ? 'UUID' : 'Short, 5 groups of 5'
    return c.prefix ? `${shape}, with the prefix ${c.prefix}` : shape
  },
  expiry: (c: KeyConfigurationTerms, zone: string) => {
    if (c.expiryKind === 'fixed_date') return c.expiresOn ? `After ${endInShort(c.expiresOn, zone)}` : 'On a fixed date'
    if (c.expiryKind === 'never' || c.durationCount === null || c.durationUnit === null) return 'Never'
    const start = c.expiryStart === 'issue' ? 'issue' : 'the first activation'
    return `${plural(c.durationCount, c.durationUnit)} after ${start}${c.endsWithDay ? ', when that day ends' : ''}`
  },
  grace: (c: KeyConfigurationTerms) => (c.graceDays === 0 ? 'None' : plural(c.graceDays, 'day')),
  reminders: (c: KeyConfigurationTerms) =>
    c.expiryReminderDays.length === 0
      ? 'None'
      : `${list(c.expiryReminderDays.map(number))} ${c.expiryReminderDays.at(-1) === 1 && c.expiryReminderDays.length === 1 ? 'day' : 'days'} before`,
  devices: (c: KeyConfigurationTerms) => {
    if (c.activationsMode === 'off') return 'No activations'
    if (c.activationsMode === 'unlimited' || c.activationLimit === null) return 'Any number'
    return plural(c.activationLimit, 'device')
  },
  activation: (c: KeyConfigurationTerms) => (c.activationRequired ? 'Required before a key is valid' : 'Not required'),
  usage: (c: KeyConfigurationTerms) =>
    c.usageLimit === null ? 'Unlimited' : `${plural(c.usageLimit, 'use')} ${resets[c.usageReset]}`,
  rights: (c: KeyConfigurationTerms) => {
    const rights = [
      c.customerMayDeactivate && 'deactivate',
      c.customerMayRename && 'rename',
      c.customerMayReplace && 'replace',
    ].filter((right) => right !== false)
    return rights.length === 0 ? 'None' : capitalized(`${list(rights)} devices`)
  },
  version: (c: KeyConfigurationTerms) => c.version ?? 'None',
  entitlements: (c: KeyConfigurationTerms) => (c.entitlements.length === 0 ? 'None' : c.entitlements.join(', ')),
} as const

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** One setting, or a few that make one sentence. */
export type Term = keyof typeof words

/** How a page heads each term. */
export const termLabels = {
  key: 'Key',
  expiry: 'Expires',
  grace: 'Grace period',
  reminders: 'Reminders',
  devices: 'Devices',
  activation: 'Activation',
  usage: 'Usage',
  rights: 'Customers may',
  version: 'Version',
  entitlements: 'Entitlements',
} as const satisfies Record<Term, string>

/** A configuration in plain words, one entry per term; `zone` is the organization's. */
export function describeConfiguration(configuration: KeyConfigurationTerms, zone = 'UTC'): Record<Term, string> {
  return {
    key: words.key(configuration),
    expiry: words.expiry(configuration, zone),
    grace: words.grace(configuration),
    reminders: words.reminders(configuration),
    devices: words.devices(configuration),
    activation: words.activation(configuration),
    usage: words.usage(configuration),
    rights: words.rights(configuration),
    version: words.version(configuration),
    entitlements: words.entitlements(configuration),
  }
}

const part = (
  label: string,
  input: string,
  fields: EditPart<KeyConfigurationSettings>['fields'],
  words: EditPart<KeyConfigurationSettings>['words'],
): EditPart<KeyConfigurationSettings> => ({ label, input, fields, words })

const rights = ['customerMayDeactivate', 'customerMayRename', 'customerMayReplace'] as const

// What depends on each other is one part: a limit of one and a mode of another would be nobody's wish.
const editParts = (productName: (id: string) => string, zone: string) => [
  part('Name', 'name', ['name'], ({ name }) => `“${name}”`),
  part(termLabels.key, 'prefix', ['prefix', 'format'], words.key),
  part(
    termLabels.expiry,
    'expiryKind',
    ['expiryKind', 'expiresOn', 'durationCount', 'durationUnit', 'expiryStart', 'endsWithDay'],
    (c) => words.expiry(c, zone),
  ),
  part(termLabels.grace, 'graceDays', ['graceDays'], words.grace),
  part(termLabels.reminders, 'expiryReminderDays', ['expiryReminderDays'], words.reminders),
  part(termLabels.devices, 'activationsMode', ['activationsMode', 'activationLimit', 'activationRequired'], (c) =>
    c.activationRequired ? `${words.devices(c)}, required` : words.devices(c),
  ),
  part(termLabels.usage, 'usageMode', ['usageLimit', 'usageReset'], words.usage),
  ...rights.map((field) => part(termLabels.rights, field, [field], words.rights)),
  part('Instructions', 'instructions', ['instructions'], ({ instructions }) =>
    instructions === '' ? 'empty' : `other words (${plural(instructions.length, 'character')})`,
  ),
  part(termLabels.version, 'version', ['version'], words.version),
  part(termLabels.entitlements, 'entitlements', ['entitlements'], words.entitlements),
  part('Products', 'productIds', ['productIds'], ({ productIds }) => list(productIds.map(productName)) || 'none'),
]

/** What a form's settings come to when others changed the configuration since it was opened. Refuses what both changed. */
export function mergeSettings(
  opened: Opened,
  typed: KeyConfigurationSettings,
  present: KeyConfigurationSettings,
  productName: (id: string) => string,
  zone = 'UTC',
): KeyConfigurationSettings {
  const { merged } = mergeEdit(editParts(productName, zone), opened, typed, present)
  if (
    merged.activationsMode === 'off' &&
    merged.expiryKind === 'duration' &&
    merged.expiryStart === 'first_activation'
  ) {
    throw new Refusal(
      'CONFLICT',
      'Meanwhile somebody else changed the devices or the expiry: without activations the time has to start at issue.',
      'expiryStart',
    )
  }
  return merged
}

/** One thing that differs, in words. */
export type Change = { field: Term | 'name' | 'instructions' | 'products'; label: string; from: string; to: string }

/** What differs between two sets of settings. `productName` turns an id into what people read. */
export function changesBetween(
  before: KeyConfigurationSettings,
  after: KeyConfigurationSettings,
  productName: (id: string) => string = (id) => id,
  zone = 'UTC',
): Change[] {
  const products = (settings: KeyConfigurationSettings) =>
    settings.productIds.length === 0 ? 'None' : settings.productIds.map(productName).sort().join(' · ')
  const from = describeConfiguration(before, zone)
  const to = describeConfiguration(after, zone)
  const all: Change[] = [
    { field: 'name', label: 'Name', from: before.name, to: after.name },
    ...(Object.keys(termLabels) as Term[]).map((term) => ({
      field: term,
      label: termLabels[term],
      from: from[term],
      to: to[term],
    })),
    { field: 'products', label: 'Products', from: products(before), to: products(after) },
  ]
  const changes = all.filter((change) => change.from !== change.to)
  if (before.instructions !== after.instructions) {
    const size = (text: string) => (text === '' ? 'None' : plural(text.length, 'character'))
    // Same length, other words: the sizes alone would look like no change.
    const same = before.instructions.length === after.instructions.length
    changes.push({
      field: 'instructions',
      label: 'Instructions',
      from: size(before.instructions),
      to: same ? 'Reworded' : size(after.instructions),
    })
  }
  return changes
}

/** A change as one line of history. */
export const changeLine = ({ label, from, to }: Change): string => `${label}: ${from} → ${to}`

/** A combination that is allowed but will probably hurt. */
export type Warning = { term: Term | 'instructions'; text: string }

/** What a careful colleague would say before these settings are saved. */
export function warningsFor(configuration: KeyConfigurationTerms, now: Date, zone = 'UTC'): Warning[] {
  const c = configuration
  const warnings: Warning[] = []
  const unbound = c.activationsMode !== 'limited'
  if (unbound && c.expiryKind === 'never' && c.usageLimit === null) {
    warnings.push({
      term: 'devices',
      text: 'Nothing limits these keys: one leaked key serves everybody until you notice and revoke it.',
    })
  }
  if (c.expiryKind === 'duration' && c.expiryStart === 'first_activation' && !c.activationRequired) {
    warnings.push({
      term: 'expiry',
      text: 'A key that is never activated never expires. Require an activation to make sure it starts.',
    })
  }
  if (c.activationsMode === 'limited' && !c.customerMayDeactivate && !c.customerMayReplace) {
    warnings.push({
      term: 'rights',
      text:
        c.activationLimit === 1
          ? 'Customers cannot move their key to a new computer themselves: each one will write to you.'
          : 'Customers cannot free a device themselves: whoever reaches the limit will write to you.',
    })
  }
  if (c.expiryKind === 'fixed_date' && c.expiresOn) {
    const days = Math.floor((c.expiresOn.getTime() - now.getTime()) / DAY_MS)
    if (days < 0) {
      warnings.push({ term: 'expiry', text: 'That day has passed: every new key would be expired when it is issued.' })
    } else if (days < 30) {
      warnings.push({
        term: 'expiry',
        text: `Keys issued from ${endInShort(lastMomentOf(dayOf(new Date(c.expiresOn.getTime() + 1), zone), zone), zone)} on would expire immediately.`,
      })
    }
  }
  if (c.instructions === '') {
    warnings.push({
      term: 'instructions',
      text: 'The mail will contain the key but not say where to enter it.',
    })
  }
  return warnings
}

/**
 * Settings as they are stored: forms and programs name a day, which their schema reads as the end of that day in UTC; it ends with the day in the
 * organization's zone. A day that one of `known` lies in was not changed, and keeps its moment.
 */
export function withDayIn<T extends { expiresOn: Date | null }>(
  settings: T,
  zone: string,
  known: readonly (Date | null | undefined)[] = [],
): T {
  const { expiresOn } = settings
  return expiresOn ? { ...settings, expiresOn: lastMomentOf(dayOf(expiresOn, 'UTC'), zone, known) } : settings
}

/** A day that has passed can stay on a configuration, but nobody can choose one. */
export function assertExpiryAhead(after: KeyConfigurationTerms, before: KeyConfigurationTerms | null, now: Date): void {
  if (after.expiryKind !== 'fixed_date' || after.expiresOn === null || after.expiresOn > now) return
  if (before?.expiresOn?.getTime() === after.expiresOn.getTime()) return
  throw new Refusal('INVALID_INPUT', 'Choose a day that has not passed.', 'expiresOn')
}

/** What a key can have of its own, and so keep when its configuration changes. */
export type Keepable = 'devices' | 'usage' | 'grace'

/** What of a change existing keys can be spared. */
export const keepableBetween = (before: KeyConfigurationTerms, after: KeyConfigurationTerms): Keepable[] => [
  ...(words.devices(before) === words.devices(after) ? [] : (['devices'] as const)),
  ...(before.usageLimit === after.usageLimit ? [] : (['usage'] as const)),
  ...(before.graceDays === after.graceDays ? [] : (['grace'] as const)),
]

/** What keys keep that existed before, in words: "3 devices". */
export const keptWords = (before: KeyConfigurationTerms, kept: readonly Keepable[]): string =>
  list(
    kept.map((each) =>
      each === 'devices'
        ? words.devices(before).toLowerCase()
        : each === 'usage'
          ? words
              .usage({ ...before, usageReset: 'never' })
              .toLowerCase()
              .replace(' in total', '')
          : `${words.grace(before).toLowerCase()} of grace`,
    ),
  )

/** How many existing keys a change reaches; counted by `previewChange` in queries.ts. All but `keys` leave revoked ones out. */
export type ChangeCounts = {
  keys: number
  /** Keys with a limit of their own, which the change does not reach. */
  ownDevices: number
  ownUsage: number
  ownGrace: number
  /** Keys that follow the device setting and have more devices than the new limit, or any at all. */
  overActivationLimit: number
  followersWithDevices: number
  /** Keys that can be used now and take devices: with one, and without. */
  usableWithDevices: number
  usableWithoutDevices: number
  /** Followers that have used up what the new limit allows. */
  overUsageLimit: number
  /** Keys whose time has not started: it starts at the first activation. */
  notStarted: number
  /** Expired keys that work only while the old, or only with the new, grace period lasts. */
  graceLost: number
  graceWon: number
}

/** What a change does to keys that exist. `stops`: something that works now will be refused. */
export type Effect = { tone: 'stops' | 'starts' | 'note'; text: string }

const have = (count: number) => (count === 1 ? 'has' : 'have')
const keys = (count: number) => plural(count, 'key')
const they = (count: number) => (count === 1 ? 'it' : 'they')
const keep = (count: number) => (count === 1 ? 'keeps' : 'keep')

/** The sentences the review step shows under "Existing keys"; the first says how many follow. */
export function effectsOf(before: KeyConfigurationTerms, after: KeyConfigurationTerms, counts: ChangeCounts): Effect[] {
  if (counts.keys === 0) return [{ tone: 'note', text: 'No key has been issued from this configuration yet.' }]
  const from = describeConfiguration(before)
  const to = describeConfiguration(after)
  const effects: Effect[] = [
    { tone: 'note', text: `${keys(counts.keys)} ${counts.keys === 1 ? 'follows' : 'follow'} this configuration.` },
  ]
  const add = (tone: Effect['tone'], count: number, text: string) => {
    if (count > 0) effects.push({ tone, text })
  }

  if (from.devices !== to.devices) {
    const over = counts.overActivationLimit
    if (after.activationsMode === 'limited') {
      add(
        'stops',
        over,
        `${keys(over)} ${have(over)} more devices than the new limit: ${they(over)} ${keep(over)} them, but cannot add more.`,
      )
    }
    if (after.activationsMode === 'off') {
      const some = counts.followersWithDevices
      add('stops', some, `${keys(some)} ${have(some)} devices: ${they(some)} ${keep(some)} them, but cannot add more.`)
    }
    const own = counts.ownDevices
    add(
      'note',
      own,
      `${keys(own)} ${have(own)} a device limit of ${own === 1 ? 'its' : 'their'} own and ${keep(own)} it.`,
    )
  }
  if (after.activationRequired && !before.activationRequired) {
    const none = counts.usableWithoutDevices
    add(
      'stops',
      none,
      `${keys(none)} ${have(none)} no device: validation will refuse ${none === 1 ? 'it' : 'them'} until one is activated.`,
    )
    add('note', counts.usableWithDevices, 'Software has to send the activation with each validation from now on.')
  }
  if (from.usage !== to.usage) {
    const over = counts.overUsageLimit
    add(
      'stops',
      over,
      `${keys(over)} ${have(over)} already used up the new limit: further use is refused${after.usageReset === 'never' ? '' : ` until the next ${after.usageReset}`}.`,
    )
    const own = counts.ownUsage
    add(
      'note',
      own,
      `${keys(own)} ${have(own)} a usage limit of ${own === 1 ? 'its' : 'their'} own and ${keep(own)} it.`,
    )
  }
  if (from.expiry !== to.expiry) {
    const fixed = counts.keys - counts.notStarted
    add('note', fixed, `${keys(fixed)} ${keep(fixed)} the expiry ${fixed === 1 ? 'it was' : 'they were'} issued with.`)
    const open = counts.notStarted
    add('note', open, `${keys(open)} ${open === 1 ? 'waits' : 'wait'} for a first activation: the new expiry applies.`)
  }
  if (before.graceDays !== after.graceDays) {
    add('stops', counts.graceLost, `${keys(counts.graceLost)} in the old grace period will be refused immediately.`)
    add(
      'starts',
      counts.graceWon,
      `${keys(counts.graceWon)} that expired will be valid again, within the new grace period.`,
    )
    const own = counts.ownGrace
    add(
      'note',
      own,
      `${keys(own)} ${have(own)} a grace period of ${own === 1 ? 'its' : 'their'} own and ${keep(own)} it.`,
    )
  }
  const lost = before.entitlements.filter((name) => !after.entitlements.includes(name))
  if (lost.length > 0) {
    effects.push({
      tone: 'stops',
      text: `All of them lose ${list(lost)}: software that asks for ${lost.length === 1 ? 'it' : 'them'} is refused.`,
    })
  }
  const won = after.entitlements.filter((name) => !before.entitlements.includes(name))
  if (won.length > 0) effects.push({ tone: 'starts', text: `All of them gain ${list(won)}.` })
  if (before.prefix !== after.prefix || before.format !== after.format) {
    effects.push({ tone: 'note', text: 'Existing key strings stay as they are; new keys get the new look.' })
  }
  return effects
}

/** The start of the usage period `now` lies in (UTC calendar); null when usage is never reset. */
export function usagePeriodStart(reset: UsageReset, now: Date): Date | null {
  const year = now.getUTCFullYear()
  if (reset === 'year') return new Date(Date.UTC(year, 0, 1))
  if (reset === 'month') return new Date(Date.UTC(year, now.getUTCMonth(), 1))
  if (reset === 'day') return new Date(Date.UTC(year, now.getUTCMonth(), now.getUTCDate()))
  return null
}
