import '#server-only'
import { render } from '@react-email/render'
import { createElement } from 'react'
import { env } from '../base/env.ts'
import { ADDRESS_MOVE_HOURS, OFFER_DAYS } from '../mail/plain.ts'
import type { MailContents } from '../mail/schema.ts'
import { type Brand, brandOf } from '../mail-settings/queries.ts'
import * as paths from '../web/paths.ts'
import type { Words } from '../words/en.ts'
import { wordsIn } from '../words/rules.ts'
import { lookOf, type Message, plainMessage } from './customer-message.ts'
import { languageFor } from './language.ts'
import { plainLook } from './templates/letter.tsx'
import { NoticeMail, type NoticeMailProps, noticeText } from './templates/notice-mail.tsx'

// Short mails of ours to customers, in their language.

const url = (path: string): string => new URL(path, env().LATCHKEY_URL).href

type NoticeContents = Extract<
  MailContents,
  { template: 'address-changed' | 'keys-moved' | 'which-devices' | 'key-offered' | 'offer-sent' }
>

type Said = Pick<NoticeMailProps, 'heading' | 'paragraphs' | 'button' | 'after' | 'why'> & { subject: string }

/** Writes such a mail. */
export async function noticeMessage(contents: NoticeContents, to: string): Promise<Message> {
  const otherwise = contents.template === 'address-changed' ? contents.payload.language : undefined
  const [brand, language] = await Promise.all([brandOf(contents.payload.organizationId), languageFor(to, otherwise)])
  const { subject, ...said } = sayingsOf(contents, brand, wordsIn(language))
  const props = { ...said, language, from: lookOf(brand) }
  return {
    ...plainMessage(subject, brand),
    html: await render(createElement(NoticeMail, props)),
    text: noticeText(props),
  }
}

function sayingsOf(contents: NoticeContents, brand: Brand, { mail }: Words): Said {
  const { name } = brand
  const helper = brand.support?.label ?? name
  switch (contents.template) {
    case 'address-changed': {
      const say = mail.addressChanged
      const { side, address } = contents.payload
      if (side === 'new')
        return {
          ...{ subject: say.subject(name), heading: say.here, paragraphs: [say.cameHere(name, address)] },
          button: { label: say.purchases, href: url(paths.purchases()) },
          ...{ after: [say.unknown(helper)], why: say.whyHere(name) },
        }
      return {
        ...{ subject: say.subject(name), heading: say.heading, button: null, why: say.why(name) },
        ...{ paragraphs: [say.happened(name, address), say.whatToDo(helper)], after: [] },
      }
    }
    case 'keys-moved':
      return keysMoved(contents.payload, { name, helper }, mail)
    case 'which-devices': {
      const say = mail.whichDevices
      const { key, devices, url: href } = contents.payload
      return {
        ...{ subject: say.subject(name), heading: say.heading, paragraphs: [say.about(key, devices)] },
        ...{ button: { label: say.button, href }, after: [say.questions(helper)], why: say.why(name) },
      }
    }
    case 'key-offered': {
      const say = mail.keyOffered
      const { product, address, url: href } = contents.payload
      return {
        ...{ subject: say.subject(product, name), heading: say.heading(product) },
        ...{ paragraphs: [say.about(address, product, name), say.days(OFFER_DAYS)] },
        ...{ button: { label: say.button, href }, after: [say.ignore], why: say.why(address) },
      }
    }
    case 'offer-sent': {
      const say = mail.offerSent
      const { product, address, licenseKeyId } = contents.payload
      return {
        ...{ subject: say.subject(product), heading: say.subject(product) },
        ...{ paragraphs: [say.about(product, address, OFFER_DAYS)], after: [say.notYou(helper)], why: say.why(name) },
        button: { label: say.button, href: url(paths.purchasedKey({ id: licenseKeyId })) },
      }
    }
  }
}

/** Writes to a mailbox of somebody who changes their address. It is about all sellers, so it is from none of them. */
export async function addressMessage(
  contents: Extract<MailContents, { template: 'address-move' | 'address-moved' }>,
): Promise<Message> {
  const { side, from, to, language } = contents.payload
  const { addressMove: ask, addressMoved: done } = wordsIn(language).mail
  const host = new URL(env().LATCHKEY_URL).host
  const isOld = side === 'old'
  const said: Omit<NoticeMailProps, 'language' | 'from'> =
    contents.template === 'address-move'
      ? {
          ...{ heading: ask.heading, why: ask.why(host) },
          paragraphs: [(isOld ? ask.fromHere : ask.toHere)(host, from, to), ask.both(ADDRESS_MOVE_HOURS)],
          button: { label: ask.button, href: contents.payload.url },
          after: [isOld ? ask.notYou : ask.unknown],
        }
      : {
          ...{ heading: done.heading, why: done.why(host) },
          paragraphs: [isOld ? done.away(host, to) : done.here(host, from)],
          button: isOld ? null : { label: done.button, href: url(paths.purchases()) },
          after: isOld ? [...(contents.payload.keepsAccount ? [done.account] : []), done.notYou] : [],
        }
  const props = { ...said, language, from: plainLook(host) }
  return {
    ...plainMessage(said.heading),
    html: await render(createElement(NoticeMail, props)),
    text: noticeText(props),
  }
}

function keysMoved(
  { direction, product, address }: Extract<NoticeContents, { template: 'keys-moved' }>['payload'],
  { name, helper }: { name: string; helper: string },
  { keysMoved: say }: Words['mail'],
): Said {
  const heading = direction === 'away' ? say.away : product === null ? say.hereMany : say.hereOne
  const happened = direction === 'away' ? say.wentAway : say.cameHere
  return {
    ...{ subject: `${heading} (${name})`, heading, paragraphs: [happened(name, product, address)] },
    button: direction === 'here' ? { label: say.purchases, href: url(paths.purchases()) } : null,
    ...{ after: [say.whatToDo(helper)], why: say.why(name) },
  }
}
