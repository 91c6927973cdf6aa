import { DAY_MS } from '../base/days.ts'
import type { ShownStatus } from '../license-keys/plain.ts'
import type { Words } from '../words/en.ts'

type PurchaseStatus = 'active' | 'refunded' | 'canceled'

/** A key that went on from one purchase to another. */
export type Passed = { fromId: string; toId: string }

/**
 * Of the purchases that a key has been with, it belongs to the last that stands: the steps to take back, the last of which leads to where it
 * belongs. None: it stays where it is, because that stands, or none does, or somebody moved it by hand.
 */
export function wayBack<Step extends Passed>(
  at: string | null,
  steps: readonly Step[],
  stands: (purchaseId: string) => boolean,
): Step[] {
  const back: Step[] = []
  for (let here = at; here !== null && !stands(here); ) {
    const step = steps.find(({ toId }) => toId === here)
    if (!step || back.includes(step)) return []
    back.push(step)
    here = step.fromId
  }
  return at === null ? [] : back
}

/** What ending a purchase comes to: it changes, it is so already, or why it may not. A cancelled one may still be refunded. */
export function decideEnd(
  from: PurchaseStatus,
  to: 'refunded' | 'canceled',
): { do: 'end' | 'nothing' } | { why: string } {
  if (from === to) return { do: 'nothing' }
  if (from === 'refunded') return { why: 'This purchase has been refunded; there is nothing left to cancel.' }
  return { do: 'end' }
}

/** What is done to the life of a purchase by hand. */
export type ByHand = 'end later' | 'extend' | 'refund in part' | 'change'

/** Why that cannot be done to a purchase by hand, or null. What a store speaks of, it decides. */
export function whyNotByHand(
  { followsStore, status, kind }: { followsStore: boolean; status: PurchaseStatus; kind: 'one_time' | 'subscription' },
  what: ByHand,
): string | null {
  if (followsStore) return storeDecides[what]
  if (status === 'refunded') return 'This purchase has been refunded.'
  if (status === 'canceled') return 'This purchase has ended. Resume it first.'
  if (kind === 'one_time' && what === 'end later')
    return 'A one-time purchase has no period that could end. Cancel it now, or give its keys a date.'
  if (kind === 'one_time' && what === 'extend') return 'A one-time purchase has no period. Extend its keys instead.'
  return null
}

const storeDecides: Record<ByHand, string> = {
  'end later': 'Its store says until when it is paid: cancel it there. Here it can be canceled at once.',
  extend: 'Its store says until when it is paid: it is extended there.',
  'refund in part': 'Its store says what went back: refund that there. Here it can be refunded as a whole.',
  change: 'Its store says what was bought: change the plan there.',
}

/** A key of a purchase, as far as it matters for giving some back. In the order they were issued. */
type Issued = { id: string; keyConfigurationId: string; wasActivated: boolean }

/** Which keys end when so many units go back: of each configuration those that nobody used, the newest first. null: there are not so many. */
export function keysToGiveBack<Key extends Issued>(keys: readonly Key[], units: number): Key[] | null {
  const back: Key[] = []
  for (const own of Map.groupBy(keys, ({ keyConfigurationId }) => keyConfigurationId).values()) {
    if (own.length < units) return null
    const order = own.toReversed().sort((a, b) => Number(a.wasActivated) - Number(b.wasActivated))
    back.push(...order.slice(0, units))
  }
  return keys.length === 0 ? null : back
}

/** How long a device may be silent before its owner is told. */
const IDLE_DAYS = 90

/** Days a device has been silent, when that is worth mentioning; null when it is not. */
export function idleDays(device: { lastValidatedAt: Date | null; createdAt: Date }, now: Date): number | null {
  const days = Math.floor((now.getTime() - (device.lastValidatedAt ?? device.createdAt).getTime()) / DAY_MS)
  return days >= IDLE_DAYS ? days : null
}

/** The words beside a key's status: "until 30 August 2027". `day` is the expiry in words, null when there is none. */
export function statusDetail(status: ShownStatus, day: string | null, { statusDay: say }: Words): string {
  const details = {
    active: day ? say.until(day) : say.never,
    expiring: day ? say.on(day) : '',
    grace: '',
    expired: day ? say.on(day) : '',
    disabled: '',
    revoked: '',
  } satisfies Record<ShownStatus, string>
  return details[status]
}

/** What the owner of a key that is not in order should know, or null. */
export function statusAdvice(
  status: ShownStatus,
  seller: string,
  day: string | null,
  { advice: say }: Words,
): string | null {
  return status === 'active' ? null : say[status](seller, day)
}

/** What a device says of itself: its operating system or platform, and the version of the software. */
export function deviceFacts(meta: Record<string, unknown>): { platform: string | null; version: string | null } {
  const first = (...names: string[]) => {
    for (const name of names) {
      const value = meta[name]
      if (typeof value === 'string' && value.trim()) return value.trim().slice(0, 60)
      if (typeof value === 'number') return String(value)
    }
    return null
  }
  return {
    platform: first('platform', 'os', 'system', 'operating_system'),
    version: first('version', 'app_version', 'appVersion', 'software_version'),
  }
}

/** A word or two for the operating system in a device's name or facts, for the small mark beside it. */
export function deviceMark(device: { label: string; meta: Record<string, unknown> }): string {
  const facts = [device.meta.os, device.meta.platform, device.meta.system].filter((fact) => typeof fact === 'string')
  const text = [...facts, device.label].join(' ').toLowerCase()
  if (/mac|darwin|imac/.test(text)) return 'mac'
  if (/windows|win32|\bwin\b|thinkpad|surface/.test(text)) return 'win'
  if (/iphone|ipad|\bios\b/.test(text)) return 'ios'
  if (/android|pixel|galaxy/.test(text)) return 'and'
  if (/linux|ubuntu|debian|fedora/.test(text)) return 'lin'
  if (/server|docker|\bci\b|node/.test(text)) return 'srv'
  return device.label.trim().slice(0, 2).toLowerCase() || '·'
}
