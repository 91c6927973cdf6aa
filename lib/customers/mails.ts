import type { MailTo } from '../mail/schema.ts'
import type { Language } from '../words/plain.ts'
import { shortAddress } from './rules.ts'

// What people are told when their keys are to be seen with another address.

/** To the old address of a customer: what they bought is seen with `now` from now on. */
export const addressChanged = (organizationId: string, was: string, now: string): MailTo => ({
  ...{ template: 'address-changed', to: was },
  payload: { organizationId, address: shortAddress(now) },
})

/** To the new one: what was seen with `was` is seen with it. `language` is what the old one reads. */
export const addressGiven = (organizationId: string, was: string, now: string, language: Language | null): MailTo => ({
  ...{ template: 'address-changed', to: now },
  payload: { organizationId, side: 'new', address: shortAddress(was), ...(language && { language }) },
})

/** To both sides when a key changes hands, or many; `other` is whom it went to or came from. */
export const keysMoved = (
  direction: 'away' | 'here',
  { organizationId, product, to, other }: { organizationId: string; product: string | null; to: string; other: string },
): MailTo => ({
  ...{ template: 'keys-moved', to },
  payload: { organizationId, direction, product, address: shortAddress(other) },
})

/** To whoever is asked to take a key; the link is what takes it. */
export const keyOffered = ({
  to,
  from,
  ...payload
}: {
  organizationId: string
  product: string
  to: string
  from: string
  url: string
}): MailTo => ({ template: 'key-offered', to, payload: { ...payload, address: from } })

/** To whoever offers it, who may take the offer back. */
export const offerSent = ({
  to,
  other,
  ...payload
}: {
  organizationId: string
  product: string
  to: string
  other: string
  licenseKeyId: string
}): MailTo => ({ template: 'offer-sent', to, payload: { ...payload, address: other } })
