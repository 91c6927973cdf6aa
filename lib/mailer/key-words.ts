import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import { shownStatus } from '../license-keys/look.ts'
import type { ShownStatus } from '../license-keys/plain.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import type { Words } from '../words/en.ts'
import { endInMail } from '../words/rules.ts'
import { brokenInWords, factsInWords } from './rules.ts'

// What mails say of a key that they bring.

/** What that needs of a key. */
export const keyInMail = {
  customer: { select: { email: true, name: true } },
  product: { select: { name: true } },
  purchase: { select: { kind: true, paidThrough: true } },
  oldKeyStrings: { select: { validUntil: true }, orderBy: { rotatedAt: 'desc' }, take: 1 },
  keyConfiguration: {
    select: {
      ...configurationColumns,
      ...{ instructions: true, expiryKind: true, expiryStart: true, durationCount: true, durationUnit: true },
    },
  },
} satisfies Prisma.LicenseKeyInclude

export type KeyInMail = Prisma.LicenseKeyGetPayload<{ include: typeof keyInMail }>

/** What people call its state. */
export const statusInMail = (key: KeyInMail, now: Date): ShownStatus =>
  shownStatus({ ...key, limits: effectiveLimits(key, key.keyConfiguration) }, now)

/** That it does not work, and why; null when it does. */
export const warningOf = (
  key: KeyInMail,
  brand: { name: string; timeZone: string },
  now: Date,
  words: Words,
): string | null =>
  brokenInWords(
    statusInMail(key, now),
    { organization: brand.name, end: key.expiresAt && endInMail(words, key.expiresAt, brand.timeZone) },
    words.letter,
  )

/** What it allows, one sentence each. */
export const limitFacts = (key: KeyInMail, timeZone: string, words: Words): string[] =>
  factsInWords(
    {
      ...key.keyConfiguration,
      timeZone,
      expiresAt: key.expiresAt,
      firstActivatedAt: key.firstActivatedAt,
      expiryOverridden: key.expiryOverridden,
      subscription: key.purchase?.kind === 'subscription' ? { paidThrough: key.purchase.paidThrough } : null,
      limits: effectiveLimits(key, key.keyConfiguration),
    },
    { facts: words.letter.facts, end: (moment, zone) => endInMail(words, moment, zone) },
  )
