import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS, endInWords, endOfDay } from '../base/days.ts'
import { env } from '../base/env.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { type CustomerMail, purchaseNews } from '../mail/plain.ts'
import { variables } from '../mail-settings/originals.ts'
import { brandOf, withLooks } from '../mail-settings/queries.ts'
import type { MailPreview } from '../mail-settings/schema.ts'
import * as paths from '../web/paths.ts'
import { customerMessage, htmlForBrowsers, type Message } from './customer-message.ts'
import { KEYS_FILE } from './keys-facts.ts'

const bringsKey = (mail: CustomerMail): boolean =>
  mail === 'key-issued' || mail === 'keys-issued' || mail === 'key-again' || mail === 'key-replaced'
const isOfPurchase = (mail: CustomerMail): boolean => purchaseNews.some((news) => news === mail)

/** A mail with the organization's real looks and made-up facts. */
export async function sampleMessage(
  organizationId: string,
  { mail, subject, intro, ...looks }: MailPreview,
): Promise<Message> {
  const brand = withLooks(await brandOf(organizationId), looks)
  const product = await prisma.product.findFirst({
    where: { organizationId, archivedAt: null },
    select: { name: true },
    orderBy: { createdAt: 'asc' },
  })
  const { timeZone } = brand
  const ends = endInWords(endOfDay(new Date(Date.now() + 7 * DAY_MS), timeZone), timeZone)
  const name = product?.name ?? 'Your product'
  const purchasesUrl = new URL(paths.purchases(), env().LATCHKEY_URL).href
  const samples = Object.fromEntries(Object.entries(variables).map(([variable, { sample }]) => [variable, sample]))
  return customerMessage(
    {
      ...{ mail, brand },
      values: {
        ...{ ...samples, 'product.name': name, 'organization.name': brand.name },
        ...{ 'key.ends': ends, 'paid.until': ends, 'works.until': ends },
        'device.time': endInWords(new Date(), timeZone),
      },
      heading: bringsKey(mail) ? name : null,
      keyString: bringsKey(mail) && mail !== 'keys-issued' ? 'SAMPLE-K7M2P-9XQ4T-B3NWD-7Q4XZ9' : null,
      facts: bringsKey(mail)
        ? [
            ...(mail === 'keys-issued' ? [`The keys are in the attached file ${KEYS_FILE}.`] : []),
            ...(mail === 'key-replaced' ? ['The old key no longer works.'] : []),
            ...[`Valid until ${ends}.`, 'Works on 3 devices at a time.'],
          ]
        : [
            isOfPurchase(mail)
              ? `Order ${samples['order.number']}`
              : `It is the key that ends in ${samples['key.last']}.`,
          ],
      instructions: bringsKey(mail) ? 'Open **Settings → License** and paste the key.' : '',
      button: {
        ...{ label: 'Your purchases', href: purchasesUrl },
        note: bringsKey(mail)
          ? 'You can find this key again there, see its devices, and free one when you change computers.'
          : null,
      },
      why: isOfPurchase(mail)
        ? `You get this because you bought ${name} with this address.`
        : bringsKey(mail)
          ? `${brand.name} sent this to ada@example.com because a license key was issued to this address.`
          : `${brand.name} sent this to ada@example.com because you have a license key for ${name}.`,
      stop: mail === 'key-expiring' ? { page: purchasesUrl, post: purchasesUrl } : null,
    },
    { subject, intro },
  ).then((message) => ({ ...message, stopUrl: null }))
}

/** What a mail that is being written would look like. */
export async function previewMail(
  merchant: Merchant,
  input: MailPreview,
): Promise<{ subject: string; html: string; text: string; from: string | null }> {
  assertMay(merchant, 'organization.write')
  const message = await sampleMessage(merchant.organizationId, input)
  const { subject, text, from } = message
  return { subject, text, from, html: htmlForBrowsers(message) }
}
