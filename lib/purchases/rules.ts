import { DAY_MS } from '../base/days.ts'
import type { ShownStatus } from '../license-keys/schema.ts'

type PurchaseStatus = 'active' | 'refunded' | 'canceled'

/** What ending a purchase comes to: it changes, it is so already, or why it may not. A cancelled one may still be refunded. */
export function decideEnd(
  from: PurchaseStatus,
  to: 'refunded' | 'canceled',
): { do: 'end' | 'nothing' } | { why: string } {
  if (from === to) return { do: 'nothing' }
  if (from === 'refunded') return { why: 'This purchase has been refunded; there is nothing left to cancel.' }
  return { do: 'end' }
}

/** How long a device may be silent before its owner is told. */
const IDLE_DAYS = 60

/** Days a device has been silent, when that is worth mentioning; null when it is not. */
export function idleDays(device: { lastValidatedAt: Date | null; createdAt: Date }, now: Date): number | null {
  const days = Math.floor((now.getTime() - (device.lastValidatedAt ?? device.createdAt).getTime()) / DAY_MS)
  return days >= IDLE_DAYS ? days : null
}

/** The words beside a key's status: "until 30 August 2027". `day` is the expiry in words, null when there is none. */
export function statusDetail(status: ShownStatus, day: string | null): string {
  const details = {
    active: day ? `until ${day}` : 'never expires',
    expiring: day ? `on ${day}` : '',
    grace: '',
    expired: day ? `on ${day}` : '',
    disabled: '',
    revoked: '',
  } satisfies Record<ShownStatus, string>
  return details[status]
}

/** What the owner of a key that is not in order should know, or null. */
export function statusAdvice(status: ShownStatus, organization: string, day: string | null): string | null {
  const advice = {
    active: null,
    expiring: `When it has expired, the software stops accepting it. Ask ${organization} how to renew.`,
    grace: `It expired${day ? ` on ${day}` : ''}. Ask ${organization} how to renew before it stops working.`,
    expired: `The software no longer accepts it. Ask ${organization} how to renew.`,
    disabled: `${organization} switched this key off. Ask them why and how to get it back.`,
    revoked: `${organization} withdrew this key, for example after a refund.`,
  } satisfies Record<ShownStatus, string | null>
  return advice[status]
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
