// What a refusal means: a sentence for support staff, with the numbers of that moment, and one for the customer. Pure, for browsers too.

import type { RevokeReason } from '#prisma/enums.ts'
import { DAY_MS, dayInShort, endInShort, endInWords } from '../base/days.ts'
import type { JsonObject } from '../base/json.ts'
import type { Looked } from '../license-calls/rules.ts'
import type { RefusalCode, StoppedBy } from '../license-keys/refusals.ts'
import { reasonsInWords } from '../license-keys/rules.ts'
import type { Asked } from './plain.ts'

/** A refusal with everything its sentences name. */
export type Told = {
  code: string
  asked: Asked
  looked: Looked
  /** What the device is called, where one was named that has a name. */
  deviceName: string | null
  /** What ids of products, configurations and customers are called here. */
  names: ReadonlyMap<string, string>
  /** Who buys and what; null for an unknown key. */
  customer: { name: string | null; email: string } | null
  product: string | null
  stopped: StoppedBy | null
  revokedFor: readonly RevokeReason[]
  timeZone: string
}

type Sentences = {
  /** One sentence with the numbers. */
  support: (told: Told) => string
  /** What happened, and what the customer can do; each a sentence or two. */
  customer: (told: Told) => { cause: string; ask: string }
}

const quoted = (name: string) => `“${name}”`
const count = (amount: number, one: string, many = `${one}s`) =>
  `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`
const list = (names: readonly string[]) => new Intl.ListFormat('en').format(names.map(quoted))

/** The device as the beginning of a sentence, or what stands for it. */
const device = ({ deviceName, asked }: Told, other = 'Software'): string =>
  deviceName ? quoted(deviceName) : asked.fingerprint || asked.activation_id ? 'A device' : other

/** The same within a sentence. */
const inside = (told: Told) => device(told).replace(/^[AS]/, (letter) => letter.toLowerCase())

const theDevice = ({ deviceName }: Told): string => (deviceName ? quoted(deviceName) : 'your device')
const theLicense = ({ product }: Told): string => (product ? `your license for ${product}` : 'your license')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const named = ({ names }: Told, id: string | null | undefined, none: string): string => {
  if (!id) return none
  const name = names.get(id)
  return name ? quoted(name) : `one that is not known here (${id.slice(0, 8)}…)`
}

const words = (value: JsonObject | null | undefined): string => {
  const parts = Object.entries(value ?? {}).map(
    ([name, part]) => `${name} ${typeof part === 'object' ? JSON.stringify(part) : String(part)}`,
  )
  return parts.length > 0 ? parts.join(', ') : 'nothing'
}

const moment = (iso: string | null | undefined): Date | null => (iso ? new Date(iso) : null)
const day = (iso: string | null | undefined, { timeZone }: Told): string => {
  const at = moment(iso)
  return at ? endInShort(at, timeZone) : 'a day that is not known'
}

function graceWords({ looked, timeZone }: Told): string {
  const end = moment(looked.expiresAt)
  const days = looked.graceDays ?? 0
  if (!end || days === 0) return 'and has no grace period'
  return `and its grace of ${count(days, 'day')} ended on ${endInShort(new Date(end.getTime() + days * DAY_MS), timeZone)}`
}

const stoppedWords = ({ stopped, timeZone }: Told, what: string): string =>
  stopped
    ? `${stopped.who} ${what} it on ${dayInShort(stopped.at, timeZone)}${stopped.reason ? `: “${stopped.reason}”` : ' without giving a reason'}`
    : `somebody ${what} it`

const missing = ({ looked }: Told): string[] =>
  (looked.askedEntitlements ?? []).filter((name) => !(looked.entitlements ?? []).includes(name))

const left = ({ looked }: Told): number => Math.max(0, (looked.usageLimit ?? 0) - (looked.usage ?? 0))

const slots = ({ looked }: Told): { devices: number; limit: number } => ({
  devices: looked.devices ?? 0,
  limit: looked.deviceLimit ?? 0,
})

const paymentWords: Record<RevokeReason, string> = {
  pending: 'its payment has not arrived yet',
  paused: 'its subscription is paused',
  ended: 'its subscription has ended',
  lapsed: 'the last payment of its subscription did not go through',
  refunded: 'its payment was refunded',
  dispute: 'its payment is disputed',
  by_hand: 'it was ended by us',
}

/** What nothing settles any more. */
const isOver: readonly RevokeReason[] = ['ended', 'refunded', 'by_hand']

/** What weighs most for whoever paid comes first: it is what they are told. */
const weight = ['refunded', 'ended', 'dispute', 'lapsed', 'paused', 'pending'] as const satisfies RevokeReason[]

/** Why the purchase took the key back, for whoever bought it; a refund does not hide that the subscription ended, too. */
function paymentCause(reasons: readonly RevokeReason[]): { because: string; settles: boolean } {
  const first = weight.find((reason) => reasons.includes(reason)) ?? 'by_hand'
  const andEnded = first === 'refunded' && reasons.includes('ended') ? ` and ${paymentWords.ended}` : ''
  return { because: `${paymentWords[first]}${andEnded}`, settles: !isOver.includes(first) }
}

/** Every refusal there is; the order is that of the checks. */
const sentences = {
  NOT_FOUND: {
    support: ({ looked }) =>
      looked.mistyped
        ? 'The key that was sent has a typing mistake: its check character does not fit the others.'
        : 'The key that was sent is not one of this organization.',
    customer: ({ looked }) => ({
      cause: looked.mistyped
        ? 'The license key you entered has a typing mistake.'
        : 'The license key you entered is not one that we have issued.',
      ask: 'Please copy it from the mail it came in, without spaces before or after it. If that does not help, tell us the e-mail address you bought with.',
    }),
  },
  REPLACED: {
    support: (told) =>
      `${device(told)} sends a key string that was replaced${told.looked.rotatedAt ? ` on ${day(told.looked.rotatedAt, told)}` : ''}${
        told.looked.validUntil ? ` and could be used until ${day(told.looked.validUntil, told)}` : ''
      }; it has to be given the current one.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} has a new license key, and your software still uses the one it had before.`,
      ask: 'Please enter the key from our latest mail. We are happy to send it again.',
    }),
  },
  REVOKED: {
    support: (told) =>
      told.revokedFor.some((reason) => reason !== 'by_hand') || !told.stopped
        ? `The key is revoked${told.revokedFor.length > 0 ? `: ${reasonsInWords(told.revokedFor)}` : ''}.`
        : `The key is revoked: ${stoppedWords(told, 'revoked')}.`,
    customer: (told) => {
      const { because, settles } = paymentCause(told.revokedFor)
      return {
        cause: `${capital(theLicense(told))} is not active at the moment, because ${because}.`,
        ask: settles
          ? 'It works again as soon as that is settled. Please reply to this mail if you think that this is a mistake.'
          : 'Please reply to this mail if you think that this is a mistake.',
      }
    },
  },
  DISABLED: {
    support: (told) => `The key is switched off: ${stoppedWords(told, 'disabled')}.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} is switched off at the moment.`,
      ask: 'Please reply to this mail, and we will look into it.',
    }),
  },
  EXPIRED: {
    support: (told) =>
      `The key expired on ${day(told.looked.expiresAt, told)}, ${graceWords(told)}; ${inside(told)} asked after that.`,
    customer: (told) => {
      const end = moment(told.looked.expiresAt)
      return {
        cause: `${capital(theLicense(told))} expired${end ? ` on ${endInWords(end, told.timeZone)}` : ''}.`,
        ask: 'It works again on all your devices as soon as it is renewed. Please reply to this mail if you need it for longer.',
      }
    },
  },
  PRODUCT_MISMATCH: {
    support: (told) =>
      `${device(told)} asked for the product ${named(told, told.looked.askedProductId, 'none')}, and this key is for ${named(told, told.looked.productId, 'no product')}.`,
    customer: (told) => ({
      cause: `The license key in use is for ${told.product ?? 'another product'}, and the program that asked is ${told.names.get(told.looked.askedProductId ?? '') ?? 'another one'}.`,
      ask: 'Please enter the key of that program, or reply to this mail if you would like to switch.',
    }),
  },
  CONFIGURATION_MISMATCH: {
    support: (told) =>
      `${device(told)} asked for a key of ${named(told, told.looked.askedConfigurationId, 'another configuration')}, and this key is of ${named(told, told.looked.keyConfigurationId, 'another one')}.`,
    customer: (told) => ({
      cause: `The program that asked needs another kind of license than ${theLicense(told)}.`,
      ask: 'Please check that you have installed the edition you bought, or reply to this mail and we will help.',
    }),
  },
  CUSTOMER_MISMATCH: {
    support: (told) =>
      `${device(told)} asked for the key of ${named(told, told.looked.askedCustomerId, 'another customer')}, and this key belongs to ${told.customer ? (told.customer.name ?? told.customer.email) : 'somebody else'}.`,
    customer: () => ({
      cause: 'The license key in use belongs to another account than the one you are signed in with.',
      ask: 'Please sign in with the address you bought with, or enter the key of this account.',
    }),
  },
  ACTIVATION_REQUIRED: {
    support: () => 'This key has to be activated on each device, and software asked without naming one.',
    customer: (told) => ({
      cause: `${capital(theLicense(told))} is not activated on your device yet.`,
      ask: 'Please open the program, enter your license key and activate it. If it does not offer that, install its latest version.',
    }),
  },
  ACTIVATIONS_OFF: {
    support: (told) => `${device(told, 'A device')} asked to be activated, and this key takes no activations.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} needs no activation, and your program asked for one.`,
      ask: 'Please install its latest version and enter your key again.',
    }),
  },
  ACTIVATION_NOT_FOUND: {
    support: (told) =>
      told.asked.replace_activation_id || told.looked.replaceActivationId
        ? `${device(told, 'A device')} asked to take the place of another, and that one is not active for this key.`
        : `${device(told, 'A device')} is not active for this key${told.deviceName ? ' any more' : ''}: it has to be activated again.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} is not activated on ${theDevice(told)}${told.deviceName ? ' any more' : ''}.`,
      ask: 'Please open the program there, enter your license key and activate it again.',
    }),
  },
  CONDITIONS_MISMATCH: {
    support: (told) =>
      `${device(told, 'The device')} was activated with ${words(told.looked.deviceConditions)}, and asked with ${words(told.looked.askedConditions)}.`,
    customer: (told) => ({
      cause: `${capital(theDevice(told))} uses another version or set-up than the one that ${theLicense(told)} was activated with.`,
      ask: 'Please deactivate it on your purchases page, or reply to this mail and we will, and then activate it again.',
    }),
  },
  ENTITLEMENT_MISSING: {
    support: (told) =>
      `${device(told)} asked for ${list(missing(told))}, and this key has ${told.looked.entitlements?.length ? list(told.looked.entitlements) : 'no entitlements'}.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} does not include ${list(missing(told))}.`,
      ask: 'Everything else works as before. Please reply to this mail if you would like to add it.',
    }),
  },
  USAGE_LIMIT_REACHED: {
    support: (told) =>
      `${(told.looked.usage ?? 0).toLocaleString('en')} of ${count(told.looked.usageLimit ?? 0, 'use')} were spent, and ${inside(told)} asked for ${count(told.looked.increment ?? 1, 'more', 'more')}${told.looked.usageResetsAt ? `; they come back on ${day(told.looked.usageResetsAt, told)}` : '; they do not come back by themselves'}.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} has ${left(told) === 0 ? 'no uses' : `only ${count(left(told), 'use')}`} left of ${(told.looked.usageLimit ?? 0).toLocaleString('en')}.`,
      ask: told.looked.usageResetsAt
        ? `New ones come on ${day(told.looked.usageResetsAt, told)}. Please reply to this mail if you need more before that.`
        : 'Please reply to this mail if you need more.',
    }),
  },
  NEW_DEVICES_BLOCKED: {
    support: (told) =>
      `${device(told, 'A device')} asked to join, and new devices are blocked for this key${told.looked.devices !== undefined ? `; ${count(told.looked.devices, 'device')} ${told.looked.devices === 1 ? 'is' : 'are'} active` : ''}.`,
    customer: (told) => ({
      cause: `${capital(theLicense(told))} takes no new devices at the moment, so ${theDevice(told)} could not be added.`,
      ask: 'Your other devices work as before. Please reply to this mail, and we will look into it.',
    }),
  },
  ACTIVATION_LIMIT_REACHED: {
    support: (told) => {
      const { devices, limit } = slots(told)
      return `${device(told, 'A device')} asked to join, and ${devices} of ${count(limit, 'device')} ${devices === 1 ? 'was' : 'were'} in use.`
    },
    customer: (told) => {
      const { devices, limit } = slots(told)
      return {
        cause: `${capital(theLicense(told))} is active on ${count(devices, 'device')} and allows ${limit.toLocaleString('en')}, so ${theDevice(told)} could not be added.`,
        ask: 'Please deactivate a device you no longer use, in the program or on your purchases page, and try again. Reply to this mail if you need one more.',
      }
    },
  },
} as const satisfies Record<RefusalCode, Sentences>

const of = (code: string): Sentences | null => (Object.hasOwn(sentences, code) ? sentences[code as RefusalCode] : null)

/** What happened, for support staff: one sentence, with the numbers of that moment. */
export const supportSentence = (told: Told): string => of(told.code)?.support(told) ?? `It was refused: ${told.code}.`

/** What to write to the customer. When the cause is gone already, it says so instead of what to do. */
export function customerSentence(told: Told, { isFixed = false } = {}): string {
  const { cause, ask } = of(told.code)?.customer(told) ?? { cause: 'Your license key was refused.', ask: '' }
  const greeting = told.customer?.name ? `Hello ${told.customer.name},` : 'Hello,'
  return isFixed
    ? `${greeting} ${small(cause)} We have put that right: please try again, it works now.`
    : `${greeting} ${small(cause)} ${ask}`.trim()
}

// After the greeting's comma; what begins with a name or a quotation mark stays.
const small = (text: string) => (/^(Your|The|It)\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text)
