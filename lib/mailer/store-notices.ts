import '#server-only'
import { render } from '@react-email/render'
import { createElement } from 'react'
import { env } from '../base/env.ts'
import { prisma } from '../database/client.ts'
import type { MailContents } from '../mail/schema.ts'
import { type StoreName, storeLabels } from '../store-facts/schema.ts'
import * as paths from '../web/paths.ts'
import { endInMail, wordsIn } from '../words/rules.ts'
import { type Message, plainMessage } from './customer-message.ts'
import { languageFor } from './language.ts'
import { plainLook } from './templates/letter.tsx'
import { NoticeMail, noticeText } from './templates/notice-mail.tsx'

/** Tells an owner, in their language, that a store of theirs does not work. */
export async function storeMessage(
  { organizationId, connectionId, trouble, since }: Extract<MailContents, { template: 'store-trouble' }>['payload'],
  to: string,
): Promise<Message> {
  const [{ store, name, organization }, language] = await Promise.all([
    prisma.storeConnection.findFirstOrThrow({
      where: { id: connectionId, organizationId },
      select: { store: true, name: true, organization: { select: { name: true, slug: true, timeZone: true } } },
    }),
    languageFor(to),
  ])
  const words = wordsIn(language)
  const say = words.storeMail
  const label = storeLabels[store as StoreName] ?? store
  const called = name === label ? label : `${label} (${name})`
  const when = since ? endInMail(words, new Date(since), organization.timeZone) : ''
  const props = {
    ...{ language, from: plainLook('Latchkey'), heading: say[trouble].heading(called) },
    paragraphs: [say[trouble].text(called, when), say[trouble].next],
    button: {
      label: say.button,
      href: new URL(paths.store({ organization: organization.slug, id: connectionId }), env().LATCHKEY_URL).href,
    },
    ...{ after: [], why: say.why(organization.name) },
  }
  return {
    ...plainMessage(`${say[trouble].heading(called)} · ${organization.name}`),
    html: await render(createElement(NoticeMail, props)),
    text: noticeText(props),
  }
}
