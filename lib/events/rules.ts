import { dayInShort, endInShort } from '../base/days.ts'
import { isLicenseCode, verdicts } from '../error-codes/schema.ts'
import { templateNames } from '../mail/plain.ts'
import type { EventData, EventType } from './schema.ts'

export type EventTone = 'ok' | 'warn' | 'bad' | 'off'

type Sentence = {
  title: (data: EventData) => string
  detail?: (data: EventData) => string
  tone?: EventTone | ((data: EventData) => EventTone)
}

const text = (value: EventData[string] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : value === null || value === undefined ? '' : String(value)

const quoted = (value: EventData[string] | undefined): string => (text(value) ? `“${text(value)}”` : '')

const reason = (data: EventData): string => quoted(data.reason)

/** A day that data says as ISO text: "until 30 Aug 2027". */
const until = (day: EventData[string] | undefined): string =>
  text(day) ? `until ${dayInShort(new Date(`${text(day)}T00:00:00Z`), 'UTC')}` : ''

/** A moment that data says as ISO text, in UTC. */
const moment = (at: EventData[string] | undefined): string => (text(at) ? endInShort(new Date(text(at)), 'UTC') : '')

const changes = (data: EventData): string => text(data.changes)

const mailName = (mail: EventData[string] | undefined): string =>
  (templateNames as Record<string, string>)[text(mail)]?.toLowerCase() ?? text(mail)

/** How somebody signed in; the second step follows the first with "and". */
const wayIn = (how: string): string => {
  const [, provider, second] = /^(github|google|oidc)(?: (code|recovery|passkey))?$/.exec(how) ?? []
  if (!provider) return waysIn[how] ?? ''
  return [providerWays[provider], second && `and ${seconds[second]}`].filter(Boolean).join(' ')
}

const providerWays: Record<string, string> = {
  github: 'with GitHub',
  google: 'with Google',
  oidc: 'by single sign-on',
}

const seconds: Record<string, string> = { code: 'code', recovery: 'recovery code', passkey: 'passkey' }

const waysIn: Record<string, string> = {
  password: 'by password',
  link: 'by e-mailed link',
  'mailed code': 'by e-mailed code',
  'key-mail': 'by the link of a mailed key',
  invitation: 'by invitation',
  passkey: 'by passkey',
  code: 'by code',
  'password code': 'by password and code',
  'password recovery': 'by password and recovery code',
  'password passkey': 'by password and passkey',
  'link code': 'by e-mailed link and code',
  'link recovery': 'by e-mailed link and recovery code',
  'link passkey': 'by e-mailed link and passkey',
  recovery: 'by recovery code',
  console: 'by a link from the console',
  'console code': 'by a link from the console and code',
  'console recovery': 'by a link from the console and recovery code',
  'console passkey': 'by a link from the console and passkey',
}

const waysOn: Record<string, string> = { app: 'with an authenticator app', passkey: 'with a passkey' }

const waysOut: Record<string, string> = {
  'sign-out': 'Signed out',
  ended: 'Signed out another browser',
  everywhere: 'Signed out everywhere else',
}

const archiveSteps: Record<string, string> = {
  asked: 'Export of everything asked for',
  downloaded: 'Export of everything downloaded',
  deleted: 'Export of everything deleted',
}

const sentences = {
  'organization.created': { title: () => 'Organization set up' },
  'organization.updated': { title: () => 'Settings changed', detail: changes },
  'organization.exported': {
    title: (d) => archiveSteps[text(d.step)] ?? 'Export of everything',
    detail: (d) => (d.keyStrings === true ? 'with key strings' : d.keyStrings === false ? 'keys masked' : ''),
    tone: 'warn',
  },
  'organization.deletion_asked': {
    title: (d) => `The organization will be deleted on ${moment(d.dueAt)}`,
    tone: 'bad',
  },
  'organization.deletion_stopped': { title: () => 'The organization stays: its deletion was stopped', tone: 'ok' },
  'session.started': { title: (d) => `Signed in ${wayIn(text(d.how))}`.trim(), tone: 'ok' },
  'session.refused': {
    title: (d) =>
      `Wrong ${d.what === 'code' ? 'code' : 'password'} for ${text(d.email)}${d.times === 1 ? '' : `, ${text(d.times)} times`}`,
    tone: 'warn',
  },
  'session.slowed': {
    title: (d) => `Too many wrong ${d.what === 'code' ? 'codes' : 'passwords'} for ${text(d.email)}: slowed down`,
    detail: (d) => (d.times === 1 ? '' : `${text(d.times)} times`),
    tone: 'bad',
  },
  'session.confirmed': { title: (d) => `Confirmed who they are ${waysIn[text(d.how)] ?? ''}`.trim() },
  'session.ended': {
    title: (d) => waysOut[text(d.how)] ?? 'Signed out',
    detail: (d) => [d.device, d.address].filter(Boolean).map(text).join(', '),
    tone: 'off',
  },
  'member.invited': { title: (d) => `${text(d.email)} invited${d.again ? ' again' : ''}`, detail: (d) => text(d.role) },
  'member.invitation_withdrawn': {
    title: (d) => `Invitation for ${text(d.email)} withdrawn`,
    detail: (d) => (d.inviter ? `sent by ${text(d.inviter)}, who may not invite them any more` : ''),
    tone: 'off',
  },
  'member.joined': { title: (d) => `${text(d.email)} joined`, detail: (d) => text(d.role), tone: 'ok' },
  'member.role_changed': {
    title: (d) => `Role of ${text(d.email)} changed`,
    detail: (d) => `from ${text(d.from)} to ${text(d.role)}`,
    tone: 'warn',
  },
  'member.removed': {
    title: (d) => `${text(d.email)} removed`,
    detail: (d) =>
      d.keysKept
        ? `${text(d.role)} · ${d.keysKept === 1 ? 'an API key they made goes' : `${text(d.keysKept)} API keys they made go`} on working`
        : text(d.role),
    tone: 'bad',
  },
  'member.password_changed': {
    title: (d) =>
      d.how === 'console'
        ? 'Password reset on the console'
        : d.how === 'proved'
          ? 'Password ended: the mailbox was proved, and the password was set with a link that somebody passed on'
          : d.how === 'mail'
            ? 'Password changed by e-mailed link'
            : 'Password changed',
    tone: 'warn',
  },
  'member.address_asked': {
    title: (d) => `Asked to sign in as ${text(d.to)} from now on`,
    detail: () => 'until it is confirmed there, nothing changes',
  },
  'member.address_changed': { title: (d) => `Address changed from ${text(d.from)} to ${text(d.to)}`, tone: 'warn' },
  'member.two_step_on': {
    title: () => 'Two-step sign-in turned on',
    detail: (d) => waysOn[text(d.how)] ?? '',
    tone: 'ok',
  },
  'member.two_step_off': {
    title: (d) => (d.how === 'console' ? 'Two-step sign-in ended on the console' : 'Two-step sign-in turned off'),
    tone: 'bad',
  },
  'member.recovery_codes_made': { title: () => 'New recovery codes', tone: 'warn' },
  'member.passkey_added': { title: (d) => `Passkey ${quoted(d.name)} added` },
  'member.passkey_removed': { title: (d) => `Passkey ${quoted(d.name)} removed`, tone: 'warn' },
  'member.sign_in_linked': { title: (d) => `Sign-in with ${text(d.provider)} linked`, detail: (d) => text(d.label) },
  'member.sign_in_unlinked': {
    title: (d) => `Sign-in with ${text(d.provider)} unlinked`,
    detail: (d) => text(d.label),
    tone: 'warn',
  },
  'api_key.created': { title: (d) => `API key ${quoted(d.name)} created`, detail: (d) => text(d.scopes) },
  'api_key.revoked': {
    title: (d) => `API key ${quoted(d.name)} revoked`,
    detail: (d) => (d.maker ? `made by ${text(d.maker)}, who may make none any more` : ''),
    tone: 'bad',
  },
  'product.created': { title: (d) => `Product ${quoted(d.name)} created` },
  'product.updated': { title: (d) => `Product ${quoted(d.name)} changed`, detail: changes },
  'product.archived': { title: (d) => `Product ${quoted(d.name)} archived`, tone: 'off' },
  'product.restored': { title: (d) => `Product ${quoted(d.name)} restored` },
  'key_configuration.created': { title: (d) => `Key configuration ${quoted(d.name)} created` },
  'key_configuration.updated': { title: (d) => `Key configuration ${quoted(d.name)} changed`, detail: changes },
  'key_configuration.archived': { title: (d) => `Key configuration ${quoted(d.name)} archived`, tone: 'off' },
  'key_configuration.restored': { title: (d) => `Key configuration ${quoted(d.name)} restored` },
  'customer.created': { title: (d) => `Customer ${text(d.email)} added` },
  'customer.address_asked': {
    title: (d) => `Asked for another address: ${text(d.to)}`,
    detail: () => 'theirs once both mailboxes say yes',
  },
  'customer.address_confirmed': {
    title: (d) => (d.side === 'new' ? 'The new mailbox said yes' : 'The old mailbox said yes'),
    detail: (d) => `to the address ${text(d.to)}`,
  },
  'customer.address_stopped': {
    title: (d) => `The change of address to ${text(d.to)} was stopped`,
    detail: (d) =>
      ({ new: 'from the new mailbox', old: 'from the old mailbox', seller: 'since they were given another one here' })[
        text(d.by)
      ] ?? 'by themselves',
    tone: 'off',
  },
  'customer.erased': { title: () => 'Personal data of a customer deleted', tone: 'warn' },
  'customer.updated': { title: (d) => `Customer ${text(d.email)} changed`, detail: changes },
  'customer.previewed': { title: () => 'Their page looked at, as they see it' },
  'customer.mailed': { title: (d) => `Mail sent: ${mailName(d.mail)}`, detail: (d) => text(d.to) },
  'customer.mail_failed': {
    title: (d) => `Mail could not be delivered: ${mailName(d.mail)}`,
    detail: (d) => text(d.to),
    tone: 'bad',
  },
  'customer.note_added': { title: () => 'Note written' },
  'customer.note_changed': { title: () => 'Note changed', detail: (d) => (d.author ? `of ${text(d.author)}` : '') },
  'customer.note_deleted': {
    title: () => 'Note deleted',
    detail: (d) => (d.author ? `of ${text(d.author)}` : ''),
    tone: 'off',
  },
  'customer.merged': {
    title: (d) => `Customer ${text(d.from)} merged into ${text(d.email)}`,
    detail: (d) =>
      `${text(d.keys)} ${d.keys === 1 ? 'key' : 'keys'}, ${text(d.purchases)} ${d.purchases === 1 ? 'purchase' : 'purchases'}`,
    tone: 'warn',
  },
  'purchase.created': { title: (d) => `Purchase ${text(d.reference)} recorded`, detail: (d) => text(d.product) },
  'purchase.updated': { title: (d) => `Purchase ${text(d.reference)} changed`, detail: changes },
  'purchase.renewed': {
    title: (d) => `Purchase ${text(d.reference)} renewed`,
    detail: (d) => until(d.until),
    tone: 'ok',
  },
  'purchase.past_due': {
    title: (d) => `Payment for purchase ${text(d.reference)} failed`,
    detail: (d) => (d.until ? `its keys work ${until(d.until)}` : ''),
    tone: 'warn',
  },
  'purchase.paused': { title: (d) => `Purchase ${text(d.reference)} paused`, tone: 'warn' },
  'purchase.resumed': {
    title: (d) => `Purchase ${text(d.reference)} in order again`,
    detail: (d) => (d.from ? `it was ${text(d.from)}` : ''),
    tone: 'ok',
  },
  'purchase.ending': {
    title: (d) => `Purchase ${text(d.reference)} will not be renewed`,
    detail: (d) => (d.until ? `its keys work ${until(d.until)}` : ''),
    tone: 'warn',
  },
  'purchase.ended': { title: (d) => `Purchase ${text(d.reference)} ended`, detail: reason, tone: 'bad' },
  'purchase.lapsed': {
    title: (d) => `Purchase ${text(d.reference)} was not paid again`,
    detail: (d) => (d.until ? `it was paid ${until(d.until)}` : ''),
    tone: 'bad',
  },
  'purchase.disputed': { title: (d) => `Payment for purchase ${text(d.reference)} disputed`, tone: 'bad' },
  'purchase.refunded': { title: (d) => `Purchase ${text(d.reference)} refunded`, detail: reason, tone: 'bad' },
  'purchase.canceled': { title: (d) => `Purchase ${text(d.reference)} canceled`, detail: reason, tone: 'bad' },
  'license_key.issued': {
    title: (d) => (d.purchase ? `Issued for purchase ${text(d.purchase)}` : 'Issued'),
    detail: (d) => text(d.customer),
    tone: 'ok',
  },
  'license_key.mailed': {
    title: (d) => (d.mail ? `Mail sent: ${mailName(d.mail)}` : 'Key mailed'),
    detail: (d) => text(d.to),
  },
  'license_key.mail_failed': {
    title: (d) => `Mail could not be delivered${d.mail ? `: ${mailName(d.mail)}` : ''}`,
    detail: (d) => text(d.to),
    tone: 'bad',
  },
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
  'license_key.held': { title: () => 'Key kept, whatever happens to its purchase', detail: reason, tone: 'warn' },
  'license_key.released': { title: () => 'Key follows its purchase again', detail: reason },
  'license_key.rotated': {
    title: () => 'Key string replaced',
    detail: (d) =>
      d.until
        ? `the old one works${d.everywhere ? '' : ' on its devices'} until ${text(d.until)} UTC`
        : 'the old one no longer works',
    tone: 'warn',
  },
  'license_key.offered': { title: (d) => `Offered to ${text(d.to)}`, detail: () => 'theirs once they say yes' },
  'license_key.offer_ended': {
    title: (d) => (d.by === 'taker' ? 'The offered key was not wanted' : 'Offer of the key taken back'),
    detail: (d) => (d.by === 'seller' ? 'with the address it was made from' : ''),
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
  'license_key.expiring': {
    title: (d) => `Key expires within ${text(d.days)} ${d.days === 1 ? 'day' : 'days'}`,
    detail: (d) => moment(d.endsAt),
    tone: 'warn',
  },
  'license_key.expired': {
    title: () => 'Key expired',
    detail: (d) => (d.worksUntil === d.endsAt ? moment(d.endsAt) : `it works until ${moment(d.worksUntil)}`),
    tone: 'bad',
  },
  'license_key.suspected': {
    title: (d) => `Looks misused: ${text(d.score)} of 100`,
    tone: 'warn',
  },
  'license_key.excused': { title: () => 'Said to be fine: no misuse', detail: reason, tone: 'ok' },
  'license_key.owner_asked': { title: () => 'Owner asked which devices are theirs', detail: (d) => text(d.to) },
  'license_key.owner_answered': {
    title: (d) => `Owner answered: ${text(d.mine)} theirs, ${text(d.freed)} freed`,
    tone: 'ok',
  },
  'validation.refused': {
    title: (d) => (d.times === 1 ? 'Validation refused' : `Validation refused ${text(d.times)} times`),
    detail: (d) => (isLicenseCode(text(d.code)) ? verdicts[text(d.code) as keyof typeof verdicts].label : text(d.code)),
    tone: refusalTone,
  },
  'usage.nearly_reached': {
    title: (d) => `${text(d.usage)} of ${text(d.limit)} uses spent`,
    tone: 'warn',
  },
  'usage.limit_reached': {
    title: (d) => `All ${text(d.limit)} uses spent`,
    tone: 'warn',
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
    tone: refusalTone,
  },
  'activation.deactivated': { title: () => 'Device deactivated', detail: (d) => text(d.label), tone: 'off' },
  'activation.imported': {
    title: (d) => `Device imported from ${text(d.file)}`,
    detail: (d) => text(d.label),
    tone: 'ok',
  },
  'store.connected': { title: (d) => `${text(d.store)} connected`, detail: (d) => text(d.name), tone: 'ok' },
  'store.updated': { title: (d) => `Connection to ${text(d.store)} changed`, detail: changes },
  'store.removed': { title: (d) => `Connection to ${text(d.store)} removed`, detail: (d) => text(d.name), tone: 'bad' },
  'store.delivery_failed': {
    title: (d) => `A delivery of ${text(d.store)} could not be handled`,
    detail: (d) => text(d.why),
    tone: 'bad',
  },
  'webhook_endpoint.created': { title: (d) => `Webhook endpoint ${text(d.url)} added` },
  'webhook_endpoint.updated': { title: (d) => `Webhook endpoint ${text(d.url)} changed`, detail: changes },
  'webhook_endpoint.enabled': { title: (d) => `Webhook endpoint ${text(d.url)} switched on`, tone: 'ok' },
  'webhook_endpoint.disabled': {
    title: (d) => `Webhook endpoint ${text(d.url)} switched off`,
    detail: (d) => text(d.why),
    tone: 'bad',
  },
  'webhook_endpoint.removed': { title: (d) => `Webhook endpoint ${text(d.url)} removed`, tone: 'bad' },
  'view.saved': { title: (d) => `View ${quoted(d.name)} saved`, detail: (d) => text(d.query) },
  'view.changed': { title: (d) => `View ${quoted(d.name)} changed`, detail: changes },
  'view.removed': { title: (d) => `View ${quoted(d.name)} removed`, tone: 'off' },
  'import.started': { title: (d) => `Import of ${text(d.file)} started` },
  'import.finished': {
    title: (d) =>
      `Import of ${text(d.file)} ${d.outcome === 'done' ? 'finished' : d.outcome === 'stopped' ? 'stopped' : 'failed'}`,
    detail: (d) => `${text(d.keys)} keys, ${text(d.activations)} devices, ${text(d.problems)} problems`,
  },
} satisfies Record<EventType, Sentence>

/** A limit is no fault of whoever meets it: amber, as in the charts. */
function refusalTone({ code }: EventData): EventTone {
  const name = text(code)
  return isLicenseCode(name) && verdicts[name].part === 'limit' ? 'warn' : 'bad'
}

/** Why a device was refused, in a few words. */
const refusalWords = (code: string): string => {
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
    tone: typeof sentence.tone === 'function' ? sentence.tone(event.data) : (sentence.tone ?? null),
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
