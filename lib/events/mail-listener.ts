import '#server-only'
import { randomBytes } from 'node:crypto'
import { type NewMail, type Notice, queueMails } from '../mail/commands.ts'
import { SECOND_THOUGHTS_MS } from '../mail/rules.ts'
import { customerMailOf, type MailTo } from '../mail/schema.ts'
import type { Listener, WrittenEvent } from './listeners.ts'

/** Queues the mails that facts ask for, and those that follow from what happened to a key. */
export const listenForMail: Listener = (tx, events) =>
  queueMails(
    tx,
    events.flatMap((event) =>
      (event.mails ?? []).map((mail) => ({ at: event.at, mail: { ...mail, ...whose(event, mail) } })),
    ),
    events.flatMap((event) => noticeOf(event) ?? []),
  )

/** On whose behalf a mail goes out, and whether that can be switched off: not when a person or a program asked for it. */
function whose({ organizationId, actorKind }: WrittenEvent, mail: MailTo): Pick<NewMail, 'organizationId' | 'mail'> {
  const kind = customerMailOf(mail)
  const bringsKeys = mail.template === 'license-key' || mail.template === 'license-keys'
  const isAskedFor = bringsKeys && (actorKind === 'merchant' || actorKind === 'api_key')
  return { organizationId, ...(kind && !isAskedFor && { mail: kind }) }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What whoever has a key is told because of a fact; null when it is nothing to them. */
function noticeOf({ type, organizationId, licenseKeyId, at, data = {} }: WrittenEvent): Notice | null {
  if (!licenseKeyId) return null
  const of = { organizationId, licenseKeyId, at }
  switch (type) {
    case 'license_key.expiring': {
      const [endsAt, days] = [text(data.endsAt), Number(data.days)]
      const payload = { licenseKeyId, endsAt, days, code: randomBytes(16).toString('base64url') }
      return { ...of, mail: 'key-expiring', template: 'key-expiring', payload, about: `${endsAt} ${days}` }
    }
    case 'license_key.expired': {
      const endsAt = text(data.endsAt)
      return { ...of, mail: 'key-expired', template: 'key-expired', payload: { licenseKeyId, endsAt }, about: endsAt }
    }
    case 'license_key.revoked': {
      // When its purchase ends, that is told; here a person took it back.
      const isByHand = Array.isArray(data.for) && data.for.includes('by_hand') && !data.already
      const contents = { template: 'key-revoked' as const, payload: { licenseKeyId } }
      return isByHand ? { ...of, mail: 'key-revoked', ...contents, delayMs: SECOND_THOUGHTS_MS } : null
    }
    case 'activation.created': {
      // Nobody needs to hear of a device that was there a minute before.
      if (data.undone) return null
      const payload = { licenseKeyId, device: text(data.label), at: at.toISOString() }
      return { ...of, mail: 'device-activated', template: 'device-activated', payload }
    }
    default:
      return null
  }
}
