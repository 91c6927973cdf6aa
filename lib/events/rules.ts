import { isLicenseCode, verdicts } from '../error-codes/schema.ts'
import type { EventData, EventType } from './schema.ts'

export type EventTone = 'ok' | 'warn' | 'bad' | 'off'

type Sentence = { title: (data: EventData) => string; detail?: (data: EventData) => string; tone?: EventTone }

const text = (value: EventData[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : value === null || value === undefined ? '' : String(value)

const quoted = (value: EventData[string] | undefined): string => (text(value) ? `“${text(value)}”` : '')

const reason = (data: EventData): string => quoted(data.reason)

const changes = (data: EventData): string => text(data.changes)

const waysIn: Record<string, string> = {
  password: 'by password',
  link: 'by e-mailed link',
  invitation: 'by invitation',
  console: 'by a link from the console',
}

const waysOut: Record<string, string> = {
  'sign-out': 'Signed out',
  ended: 'Signed out another browser',
  everywhere: 'Signed out everywhere else',
}

const sentences = {
  'organization.created': { title: () => 'Organization set up' },
  'organization.updated': { title: () => 'Settings changed', detail: changes },
  'session.started': { title: (d) => `Signed in ${waysIn[text(d.how)] ?? ''}`.trim(), tone: 'ok' },
  'session.refused': {
    title: (d) => `Wrong password for ${text(d.email)}${d.times === 1 ? '' : `, ${text(d.times)} times`}`,
    tone: 'warn',
  },
  'session.slowed': {
    title: (d) => `Too many wrong passwords for ${text(d.email)}: slowed down`,
    detail: (d) => (d.times === 1 ? '' : `${text(d.times)} times`),
    tone: 'bad',
  },
  'session.ended': {
    title: (d) => waysOut[text(d.how)] ?? 'Signed out',
    detail: (d) => [d.device, d.address].filter(Boolean).map(text).join(', '),
    tone: 'off',
  },
  'member.invited': { title: (d) => `${text(d.email)} invited${d.again ? ' again' : ''}`, detail: (d) => text(d.role) },
  'member.invitation_withdrawn': { title: (d) => `Invitation for ${text(d.email)} withdrawn`, tone: 'off' },
  'member.joined': { title: (d) => `${text(d.email)} joined`, detail: (d) => text(d.role), tone: 'ok' },
  'member.role_changed': {
    title: (d) => `Role of ${text(d.email)} changed`,
    detail: (d) => `from ${text(d.from)} to ${text(d.role)}`,
    tone: 'warn',
  },
  'member.removed': { title: (d) => `${text(d.email)} removed`, detail: (d) => text(d.role), tone: 'bad' },
  'member.password_changed': {
    title: (d) => (d.how === 'console' ? 'Password reset on the console' : 'Password changed'),
    tone: 'warn',
  },
  'api_key.created': { title: (d) => `API key ${quoted(d.name)} created`, detail: (d) => text(d.scopes) },
  'api_key.revoked': { title: (d) => `API key ${quoted(d.name)} revoked`, tone: 'bad' },
  'product.created': { title: (d) => `Product ${quoted(d.name)} created` },
  'product.updated': { title: (d) => `Product ${quoted(d.name)} changed`, detail: changes },
  'product.archived': { title: (d) => `Product ${quoted(d.name)} archived`, tone: 'off' },
  'product.restored': { title: (d) => `Product ${quoted(d.name)} restored` },
  'key_configuration.created': { title: (d) => `Key configuration ${quoted(d.name)} created` },
  'key_configuration.updated': { title: (d) => `Key configuration ${quoted(d.name)} changed`, detail: changes },
  'key_configuration.archived': { title: (d) => `Key configuration ${quoted(d.name)} archived`, tone: 'off' },
  'key_configuration.restored': { title: (d) => `Key configuration ${quoted(d.name)} restored` },
  'customer.created': { title: (d) => `Customer ${text(d.email)} added` },
  'customer.updated': { title: (d) => `Customer ${text(d.email)} changed`, detail: changes },
  'customer.merged': {
    title: (d) => `Customer ${text(d.from)} merged into ${text(d.email)}`,
    detail: (d) =>
      `${text(d.keys)} ${d.keys === 1 ? 'key' : 'keys'}, ${text(d.purchases)} ${d.purchases === 1 ? 'purchase' : 'purchases'}`,
    tone: 'warn',
  },
  'purchase.created': { title: (d) => `Purchase ${text(d.reference)} recorded`, detail: (d) => text(d.product) },
  'purchase.updated': { title: (d) => `Purchase ${text(d.reference)} changed`, detail: changes },
  'purchase.refunded': { title: (d) => `Purchase ${text(d.reference)} refunded`, detail: reason, tone: 'bad' },
  'purchase.canceled': { title: (d) => `Purchase ${text(d.reference)} canceled`, detail: reason, tone: 'bad' },
  'license_key.issued': {
    title: (d) => (d.purchase ? `Issued for purchase ${text(d.purchase)}` : 'Issued'),
    detail: (d) => text(d.customer),
    tone: 'ok',
  },
  'license_key.mailed': { title: () => 'Key mailed', detail: (d) => text(d.to) },
  'license_key.mail_failed': { title: () => 'Mail could not be delivered', detail: (d) => text(d.to), tone: 'bad' },
  'license_key.revealed': { title: (d) => (d.keys ? `${text(d.keys)} keys revealed` : 'Key revealed') },
  'license_key.updated': { title: () => 'Key changed', detail: changes },
  'license_key.disabled': { title: () => 'Key disabled', detail: reason, tone: 'warn' },
  'license_key.enabled': { title: () => 'Key enabled', detail: reason, tone: 'ok' },
  'license_key.revoked': {
    title: (d) => (d.already ? 'Another reason to revoke the key' : 'Key revoked'),
    detail: reason,
    tone: 'bad',
  },
  'license_key.restored': { title: () => 'Key restored', detail: reason, tone: 'ok' },
  'license_key.held': { title: () => 'Kept, whatever happens to its purchase', detail: reason, tone: 'warn' },
  'license_key.released': { title: () => 'Follows its purchase again', detail: reason },
  'license_key.rotated': {
    title: () => 'Key string replaced',
    detail: (d) =>
      d.until
        ? `the old one works${d.everywhere ? '' : ' on its devices'} until ${text(d.until)} UTC`
        : 'the old one no longer works',
    tone: 'warn',
  },
  'license_key.transferred': {
    title: (d) => `Handed on to ${text(d.to)}`,
    detail: (d) => `from ${text(d.from)}`,
    tone: 'warn',
  },
  'license_key.imported': {
    title: (d) => `Imported from ${text(d.file)}`,
    detail: (d) => (d.devices ? `${text(d.devices)} ${d.devices === 1 ? 'device' : 'devices'}` : ''),
    tone: 'ok',
  },
  'license_key.exported': {
    title: (d) => `${text(d.keys)} keys exported${d.keyStrings ? '' : ' without their key strings'}`,
    detail: (d) => text(d.format).toUpperCase(),
  },
  'activation.created': {
    title: (d) => (d.replaced ? `Device activated in place of ${quoted(d.replaced)}` : 'Device activated'),
    detail: (d) => text(d.label),
    tone: 'ok',
  },
  'activation.updated': { title: () => 'Device activated again', detail: (d) => text(d.label) },
  'activation.renamed': { title: (d) => `Device renamed from ${quoted(d.from)}`, detail: (d) => text(d.label) },
  'activation.refused': {
    title: (d) => `Activation refused: ${refusalWords(text(d.code))}`,
    detail: (d) => text(d.label),
    tone: 'bad',
  },
  'activation.deactivated': { title: () => 'Device deactivated', detail: (d) => text(d.label), tone: 'off' },
  'activation.imported': {
    title: (d) => `Device imported from ${text(d.file)}`,
    detail: (d) => text(d.label),
    tone: 'ok',
  },
  'import.started': { title: (d) => `Import of ${text(d.file)} started` },
  'import.finished': {
    title: (d) =>
      `Import of ${text(d.file)} ${d.outcome === 'done' ? 'finished' : d.outcome === 'stopped' ? 'stopped' : 'failed'}`,
    detail: (d) => `${text(d.keys)} keys, ${text(d.activations)} devices, ${text(d.problems)} problems`,
  },
} satisfies Record<EventType, Sentence>

/** Why a device was refused, in a few words. */
export const refusalWords = (code: string): string => {
  const verdict = isLicenseCode(code) ? verdicts[code] : null
  return (verdict && 'device' in verdict && verdict.device) || code
}

/** What happened, in words: a title, a detail beside it (may be empty) and a tone for the dot. */
export function describeEvent(event: { type: EventType; data: EventData }): {
  title: string
  detail: string
  tone: EventTone | null
} {
  const sentence: Sentence = sentences[event.type]
  return {
    title: sentence.title(event.data),
    detail: sentence.detail?.(event.data) ?? '',
    tone: sentence.tone ?? null,
  }
}

const doneToMany: Partial<Record<EventType, string>> = {
  'license_key.disabled': 'disabled',
  'license_key.enabled': 'enabled',
  'license_key.revoked': 'revoked',
  'license_key.restored': 'restored',
  'customer.merged': 'handed on by merging customers',
}

/** What was done to many keys at once, as a title. */
export const batchTitle = (type: EventType, keys: number): string =>
  `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'} ${doneToMany[type] ?? 'changed'}`
