import '#server-only'
import { keyLinkCode } from '../auth/key-mail.ts'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { daysUntil } from '../license-keys/look.ts'
import { customerMailOf, type MailContents } from '../mail/schema.ts'
import { brandOf } from '../mail-settings/queries.ts'
import { type StoreName, storeLabels } from '../store-facts/schema.ts'
import * as paths from '../web/paths.ts'
import type { Words } from '../words/en.ts'
import { endInMail, wordsIn } from '../words/rules.ts'
import type { MailFacts } from './customer-message.ts'
import { type KeyInMail, keyInMail, limitFacts, warningOf } from './key-words.ts'
import { languageOfMail } from './language.ts'

const url = (path: string): string => new URL(path, env().LATCHKEY_URL).href

type KeyMail = Extract<MailContents, { payload: { licenseKeyId: string } }>

/** A moment as people read it, always with its time. */
const moment = (at: Date, zone: string, words: Words): string => {
  const end = endInMail(words, at, zone)
  return end.includes(':') ? end : words.letter.endOf(end)
}

/** What a mail about a key is made from. */
export async function keyMailFacts(contents: KeyMail, to: string, mailId: string): Promise<MailFacts> {
  const { template, payload } = contents
  const key = await readKey(payload.licenseKeyId)
  const brand = await brandOf(key.organizationId)
  const { timeZone } = brand
  const product = key.product?.name ?? key.keyConfiguration.name
  const mail = customerMailOf(contents) ?? 'key-issued'
  const language = await languageOfMail(brand.organizationId, mail, to)
  const words = wordsIn(language)
  const { letter: say } = words
  const endOf = (at: Date) => endInMail(words, at, timeZone)
  const bringsKey = template === 'license-key' || template === 'key-replaced'
  const warning = bringsKey ? warningOf(key, brand, new Date(), words) : null
  const about = 'endsAt' in payload ? new Date(payload.endsAt) : key.expiresAt
  return {
    ...{ mail, brand, language },
    values: {
      ...{ 'customer.name': key.customer.name ?? '', 'customer.email': to },
      ...{ 'product.name': product, 'organization.name': brand.name, 'key.last': key.lastCharacters },
      'key.ends': about ? endOf(about) : '',
      ...(template === 'key-expired' && { 'key.works': worksOn(key, about, timeZone, words) }),
      ...('days' in payload && about && { 'key.days': String(daysUntil(about, new Date())) }),
      ...('device' in payload && {
        'device.name': payload.device,
        'device.time': endOf(new Date(payload.at)),
      }),
    },
    heading: bringsKey ? product : null,
    keyString: bringsKey ? openKeyString(key.keyCipher) : null,
    warning,
    // What it allows, it allows no more.
    facts: warning
      ? []
      : bringsKey
        ? [
            ...(template === 'key-replaced' ? [oldKeyFact(key, timeZone, words)] : []),
            ...limitFacts(key, timeZone, words),
          ]
        : [await whichKeys(contents, key, timeZone, words)],
    instructions: bringsKey && !warning ? key.keyConfiguration.instructions : '',
    button: {
      label: say.purchases,
      href: url(
        bringsKey ? paths.openKey({ mail: mailId, code: keyLinkCode(mailId) }) : paths.purchasedKey({ id: key.id }),
      ),
      note: bringsKey ? say.findAgain : null,
    },
    why: bringsKey ? say.whyIssued(brand.name, to) : say.whyKey(brand.name, to, product),
    stop:
      template === 'key-expiring'
        ? {
            page: url(paths.reminders({ mail: mailId, code: contents.payload.code })),
            post: url(`/api/reminders/stop?${new URLSearchParams({ mail: mailId, code: contents.payload.code })}`),
          }
        : null,
  }
}

/** Whether an expired key works on, in its grace period. */
function worksOn(
  { graceDaysOverride, keyConfiguration }: KeyInMail,
  endedAt: Date | null,
  timeZone: string,
  words: Words,
): string {
  const days = graceDaysOverride ?? keyConfiguration.graceDays
  if (!endedAt || days === 0) return words.letter.worksNoMore
  return words.letter.worksOn(endInMail(words, new Date(endedAt.getTime() + days * DAY_MS), timeZone))
}

const readKey = (id: string): Promise<KeyInMail> =>
  prisma.licenseKey.findUniqueOrThrow({ where: { id }, include: keyInMail })

// With an overlap the former string works until then, unless that is over when this is written.
const oldKeyFact = (key: KeyInMail, timeZone: string, words: Words): string => {
  const until = key.oldKeyStrings[0]?.validUntil
  return until && until > new Date() ? words.letter.oldWorks(moment(until, timeZone, words)) : words.letter.oldOver
}

/** Which key, without showing it: whoever has several that end together is told of them by one mail. */
async function whichKeys(contents: KeyMail, key: KeyInMail, timeZone: string, words: Words): Promise<string> {
  const one = words.letter.whichKey(key.lastCharacters)
  if (contents.template !== 'key-expiring' && contents.template !== 'key-expired') return one
  const { organizationId, customerId, productId, keyConfigurationId } = key
  const count = await prisma.licenseKey.count({
    where: {
      ...{ organizationId, customerId, status: 'granted', expiresAt: new Date(contents.payload.endsAt) },
      ...(productId ? { productId } : { keyConfigurationId }),
    },
  })
  return count > 1 ? words.letter.whichKeys(count, moment(new Date(contents.payload.endsAt), timeZone, words)) : one
}

/** Where a customer bought; a shop of the merchant's own by the name that they gave it here. */
const storeInWords = ({
  store,
  storeLine,
}: {
  store: string | null
  storeLine: { connection: { name: string } } | null
}) => (store === 'custom' ? storeLine?.connection.name : storeLabels[store as StoreName])

/** What a mail about a purchase is made from. It never shows a key. */
export async function purchaseMailFacts({
  purchaseId,
  news,
  until,
}: Extract<MailContents, { template: 'purchase-news' }>['payload']): Promise<MailFacts> {
  const purchase = await prisma.purchase.findUniqueOrThrow({
    where: { id: purchaseId },
    select: {
      ...{ reference: true, store: true, kind: true, organizationId: true },
      storeLine: { select: { connection: { select: { name: true } } } },
      product: { select: { name: true } },
      customer: { select: { email: true, name: true } },
    },
  })
  const brand = await brandOf(purchase.organizationId)
  const product = purchase.product.name
  const language = await languageOfMail(brand.organizationId, news, purchase.customer.email)
  const words = wordsIn(language)
  const { letter: say } = words
  const end = until ? endInMail(words, new Date(until), brand.timeZone) : ''
  return {
    ...{ mail: news, brand, language, heading: null, keyString: null, instructions: '', stop: null },
    facts: [(purchase.kind === 'subscription' ? say.subscription : say.order)(purchase.reference)],
    values: {
      ...{ 'customer.name': purchase.customer.name ?? '', 'customer.email': purchase.customer.email },
      ...{ 'product.name': product, 'organization.name': brand.name, 'order.number': purchase.reference },
      'store.name': storeInWords(purchase) ?? brand.name,
      ...{ 'paid.until': end, 'works.until': end },
    },
    button: { label: say.purchases, href: url(paths.purchases()), note: null },
    why: say.whyBought(product),
  }
}
