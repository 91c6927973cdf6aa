import { z } from 'zod'
import { EmailAddress, NewPassword } from '../auth/schema.ts'
import { signInWays } from '../auth/ways.ts'
import { isTimeZone } from '../base/days.ts'
import { line } from '../base/fields.ts'
import { apiScopes } from '../base/permissions.ts'
import { tidyLine } from '../base/text.ts'
import { historyMonths, securityLogMonths, slugFrom } from './plain.ts'

/** The part of a dashboard address that names an organization. */
export const Slug = z
  .string()
  .trim()
  .toLowerCase()
  .min(2, 'Use at least 2 characters.')
  .max(40, 'Use at most 40 characters.')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Use letters, digits and single dashes, like inkwell-software.')

const Name = (what: string, max: number) =>
  z.string().overwrite(tidyLine).min(1, what).max(max, `Use at most ${max} characters.`)

const SetUpFields = z.object({
  token: z.string().trim().min(1, 'Enter the token that is printed where Latchkey runs.'),
  organizationName: Name('Enter the name your customers know.', 80),
  slug: Slug,
  name: Name('Enter your name.', 80),
  email: EmailAddress,
  password: NewPassword,
})

/** First run: the owner and the organization, allowed by the token on the console. */
export const SetUp = z.preprocess((value) => {
  // Without JavaScript the address does not follow the name while it is typed.
  const { slug, organizationName } = (value ?? {}) as { slug?: unknown; organizationName?: unknown }
  const isMissing = typeof slug !== 'string' || slug.trim() === ''
  return isMissing && typeof organizationName === 'string'
    ? { ...(value as object), slug: slugFrom(organizationName) }
    : value
}, SetUpFields)
export type SetUp = z.infer<typeof SetUp>

/** An organization that somebody signed in makes for themselves. */
export const NewOrganization = z.object({ name: Name('Enter the name your customers know.', 80), slug: Slug })
export type NewOrganization = z.infer<typeof NewOrganization>

/** Another address of the dashboard; `from` is the one it was opened with. */
export const ChangeSlug = z.object({ slug: Slug, from: z.string().max(40) })
export type ChangeSlug = z.infer<typeof ChangeSlug>

/** A new API key: a name for people, what it may do, and the last day it works (in UTC) unless it has no end. */
export const CreateApiKey = z.object({
  name: Name('Enter a name, such as where the key is used.', 80),
  scopes: z.preprocess(
    (value) => (value === undefined ? [] : typeof value === 'string' ? [value] : value),
    z
      .array(z.enum(apiScopes), 'There is no such scope.')
      .min(1, 'Choose at least one scope.')
      .transform((scopes) => [...new Set(scopes)]),
  ),
  expiresOn: z
    .union([z.literal('').transform(() => null), z.iso.date('Enter a date.')])
    .nullable()
    .default(null),
})
export type CreateApiKey = z.infer<typeof CreateApiKey>

/** Names one API key, to revoke it. */
export const ApiKeyId = z.object({ apiKeyId: z.uuid() })
export type ApiKeyId = z.infer<typeof ApiKeyId>

// ---------------------------------------------------------------- members

const MemberRole = z.enum(['owner', 'admin', 'support', 'viewer'], 'Choose a role.')

/** Asks somebody to become a member. */
export const InviteMember = z.object({ email: EmailAddress, role: MemberRole })
export type InviteMember = z.infer<typeof InviteMember>

/** Names one invitation, to send it again or to withdraw it. */
export const InvitationId = z.object({ invitationId: z.uuid() })
export type InvitationId = z.infer<typeof InvitationId>

/**
 * What becomes of API keys that somebody made: `keysNamed` is how many the dialog named, whose box may be ticked. Where it named none, any that
 * were made since are revoked.
 */
const theirKeys = {
  revokesKeys: z.preprocess((value) => value === 'on', z.boolean()),
  keysNamed: z.coerce.number().int().min(0).max(10_000).default(0),
}
type TheirKeys = { revokesKeys: boolean; keysNamed: number }

/** How many API keys whoever saw such a dialog wants to keep; null: none. */
export const keysToKeep = ({ revokesKeys, keysNamed }: TheirKeys): number | null =>
  revokesKeys || keysNamed === 0 ? null : keysNamed

/** Gives a member another role. */
export const ChangeRole = z.object({ userId: z.uuid(), role: MemberRole, ...theirKeys })
export type ChangeRole = z.infer<typeof ChangeRole>

/** Names one member. */
export const MemberId = z.object({ userId: z.uuid() })
export type MemberId = z.infer<typeof MemberId>

/** Ends a membership. */
export const RemoveMember = MemberId.extend(theirKeys)

/** Ends one's own. */
export const LeaveOrganization = z.object(theirKeys)

/** Whether all members have to sign in by two steps. */
export const RequireTwoStep = z.object({ required: z.enum(['yes', 'no']).transform((value) => value === 'yes') })
export type RequireTwoStep = z.infer<typeof RequireTwoStep>

/** The ways to sign in that open the organization, in our order; `any`: all do, and those that come to be. */
export const AllowWays = z
  .object({
    which: z.enum(['any', 'some'], 'Choose one.'),
    ways: z.preprocess((value) => value ?? [], z.array(z.enum(signInWays))),
  })
  .refine(({ which, ways }) => which === 'any' || ways.length > 0, {
    path: ['ways'],
    error: 'Choose at least one way.',
  })
  .transform(({ which, ways }) => ({ ways: which === 'any' ? [] : signInWays.filter((way) => ways.includes(way)) }))
export type AllowWays = z.infer<typeof AllowWays>

/** What the link of an invitation carries. */
export const InvitationToken = z.object({ token: z.string().min(20).max(100) })

/** A new account for whoever was invited and has none. */
export const JoinWithPassword = InvitationToken.extend({ name: Name('Enter your name.', 80), password: NewPassword })
export type JoinWithPassword = z.infer<typeof JoinWithPassword>

// It becomes a link that customers follow, so nothing but http and https.
// biome-ignore lint/suspicious/noControlCharactersInRegex: no address has them, and PostgreSQL cannot store one
const WEB_ADDRESS = /^https?:\/\/[^\s/\u0000-\u001f\u007f][^\s\u0000-\u001f\u007f]*$/

export const KeepSecurityLog = z.object({
  months: z.coerce
    .number()
    .int()
    .refine((months) => (securityLogMonths as readonly number[]).includes(months), 'Choose how long it is kept.'),
})
export type KeepSecurityLog = z.infer<typeof KeepSecurityLog>

export const KeepHistory = z.object({
  /** null: for ever. */
  months: z
    .union([z.literal('forever').transform(() => null), z.coerce.number().int()])
    .refine(
      (months) => months === null || (historyMonths as readonly number[]).includes(months),
      'Choose how long it is kept.',
    ),
})
export type KeepHistory = z.infer<typeof KeepHistory>

/** What holds for the whole organization. */
export const organizationSettings = {
  name: line('A name', 80).min(1, 'Enter the name your customers know.'),
  supportEmail: EmailAddress.nullable(),
  websiteUrl: z
    .string()
    .trim()
    .max(500, 'Use at most 500 characters.')
    .regex(WEB_ADDRESS, 'Enter a web address, like https://example.com.')
    .refine(URL.canParse, 'Enter a web address, like https://example.com.')
    .nullable(),
  timeZone: z
    .string()
    .trim()
    .max(64)
    .refine(isTimeZone, 'There is no such time zone. Choose one from the list, such as Europe/Berlin.'),
}
export const OrganizationChanges = z.object(organizationSettings).partial()
export type OrganizationChanges = z.infer<typeof OrganizationChanges>

const cleared = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? null : value), field)
/** The same from the dashboard's form, where what is empty is taken away. */
export const UpdateOrganization = z.object({
  name: organizationSettings.name.optional(),
  supportEmail: cleared(organizationSettings.supportEmail).optional(),
  websiteUrl: cleared(organizationSettings.websiteUrl).optional(),
  timeZone: organizationSettings.timeZone.optional(),
})
export type UpdateOrganization = z.infer<typeof UpdateOrganization>

/** The name of the organization that is to be deleted, typed. */
export const DeleteOrganization = z.object({ name: z.string().max(200) })

/** A form of one button: the organization stays. */
export const KeepOrganization = z.object({})
