import '#server-only'
import { stringify } from 'csv-stringify/sync'
import { env } from '../base/env.ts'
import { safeCell } from '../base/spreadsheet.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import type { ShownStatus } from '../license-keys/plain.ts'
import { type EffectiveLimits, effectiveLimits } from '../license-keys/rules.ts'
import { BYTE_ORDER_MARK } from '../license-keys/schema.ts'
import type { MailContents } from '../mail/schema.ts'
import { brandOf } from '../mail-settings/queries.ts'
import * as paths from '../web/paths.ts'
import { wordsIn } from '../words/rules.ts'
import type { MailFacts } from './customer-message.ts'
import { keyInMail, limitFacts, statusInMail } from './key-words.ts'
import { languageOfMail } from './language.ts'
import { brokenOfAll } from './rules.ts'

// The mail with all keys of a purchase: a team's, a bundle's, or those of somebody who sells them on.

type KeysMail = Extract<MailContents, { template: 'license-keys' }>['payload']

/** How many keys stand in the mail itself; more come as a file. */
const SHOWN_MAX = 10

/** What that file is called. */
export const KEYS_FILE = 'license-keys.csv'

const FILE_COLUMNS = ['license_key', 'product', 'valid_until', 'devices', 'status']

/** The keys that such a mail brings: those that its reader has today. In the order in which they were made. */
export async function keysOfMail({ licenseKeyIds }: KeysMail, to: string) {
  return prisma.licenseKey.findMany({
    where: { id: { in: licenseKeyIds }, customer: { email: to } },
    include: keyInMail,
    orderBy: { id: 'asc' },
  })
}

/** What a mail with several keys is made from. */
export async function keysMailFacts(payload: KeysMail, to: string): Promise<MailFacts> {
  const purchase = await prisma.purchase.findUniqueOrThrow({
    where: { id: payload.purchaseId },
    select: {
      ...{ reference: true, organizationId: true },
      product: { select: { name: true } },
      customer: { select: { name: true } },
    },
  })
  const brand = await brandOf(purchase.organizationId)
  const keys = await keysOfMail(payload, to)
  const language = await languageOfMail(brand.organizationId, 'keys-issued', to)
  const words = wordsIn(language)
  const { letter: say } = words
  const product = purchase.product.name
  const isShown = keys.length <= SHOWN_MAX
  const now = new Date()
  const all = keys.map((key) => {
    const { version, entitlements, instructions } = key.keyConfiguration
    const status = statusInMail(key, now)
    const isBroken = isOver(status)
    return {
      ...{
        keyString: openKeyString(key.keyCipher),
        name: key.product?.name ?? product,
        instructions,
        status,
        isBroken,
      },
      facts: isBroken
        ? [`${words.status[status]}.`]
        : [
            ...limitFacts(key, brand.timeZone, words),
            ...(version ? [say.version(version)] : []),
            ...(entitlements.length > 0 ? [say.includes(entitlements.join(', '))] : []),
          ],
      row: [
        safeCell(openKeyString(key.keyCipher)),
        safeCell(key.product?.name ?? product),
        key.expiresAt ? key.expiresAt.toISOString() : '',
        devicesCell(effectiveLimits(key, key.keyConfiguration)),
        words.status[status],
      ],
    }
  })
  // A configuration's name is the seller's own: keys are told apart by what they allow.
  const alike = [...Map.groupBy(all, ({ name, facts }) => JSON.stringify([name, facts])).values()]
  const instructions = new Set(all.map((each) => each.instructions))
  const broken = all.filter(({ isBroken }) => isBroken).length
  return {
    ...{ mail: 'keys-issued', brand, language, heading: product, keyString: null, stop: null },
    values: {
      ...{ 'customer.name': purchase.customer.name ?? '', 'customer.email': to },
      ...{ 'product.name': product, 'organization.name': brand.name },
      ...{ 'keys.count': words.number(keys.length), 'order.number': purchase.reference },
    },
    keyList: isShown
      ? alike.map((some) => ({
          name: some[0]?.name ?? product,
          facts: alike.length > 1 ? (some[0]?.facts ?? []) : [],
          keyStrings: some.map(({ keyString }) => keyString),
        }))
      : [],
    warning: brokenOfAll(broken, keys.length, say),
    facts: [
      ...(isShown ? [] : [say.inFile(keys.length, KEYS_FILE)]),
      ...(alike.length === 1 ? (alike[0]?.[0]?.facts ?? []) : []),
      say.order(purchase.reference),
    ],
    // Several that say different things would be read for the wrong key.
    instructions: broken === 0 && instructions.size === 1 ? ([...instructions][0] ?? '') : '',
    button: {
      label: say.purchases,
      href: new URL(paths.purchases(), env().LATCHKEY_URL).href,
      note: say.findAllAgain,
    },
    why: say.whyAllIssued(brand.name, to),
    file: isShown
      ? null
      : {
          ...{ name: KEYS_FILE, type: 'text/csv; charset=utf-8' },
          content: BYTE_ORDER_MARK + stringify([FILE_COLUMNS, ...all.map(({ row }) => row)]),
        },
  }
}

const isOver = (status: ShownStatus) => status === 'expired' || status === 'disabled' || status === 'revoked'

const devicesCell = ({ activations }: EffectiveLimits): string =>
  activations.mode === 'off' ? '' : activations.limit === null ? 'any number' : String(activations.limit)
