import '#server-only'
import { z } from 'zod'
import type { ApiClient } from '../base/actor.ts'
import { CreateCustomer } from '../customers/schema.ts'
import { updateOrganization } from '../organizations/commands.ts'
import { getOrganization } from '../organizations/queries.ts'
import { organizationSettings as settings } from '../organizations/schema.ts'
import { endpoint } from './endpoint.ts'
import { asked, Id, NAMED, shown, Time, time } from './wire.ts'

const Organization = shown(
  'Organization',
  'The organization the API key belongs to.',
  z.object({
    id: Id.describe('What client software sends as `organization_id`.'),
    name: z.string(),
    slug: z.string().describe('Its part of dashboard addresses.'),
    support_email: z.string().nullable(),
    website_url: z.string().nullable(),
    time_zone: z.string().describe('Where its days begin and end, such as `Europe/Berlin`.'),
    created_at: Time,
  }),
)

const Changes = asked(
  'OrganizationChanges',
  z.strictObject({
    name: settings.name.meta(NAMED).describe('What customers know it by; mails come in this name.').optional(),
    support_email: CreateCustomer.shape.email
      .nullable()
      .optional()
      .describe('Where customers’ answers to mails go, and where their page sends them for help.'),
    website_url: settings.websiteUrl.optional().describe('Where their page sends them when there is no address.'),
    time_zone: settings.timeZone
      .meta({ pattern: '^\\s*[A-Za-z][A-Za-z0-9_+/-]*\\s*$' })
      .describe('A name of the IANA database, such as `Europe/Berlin`.')
      .optional(),
  }),
)

async function show(client: ApiClient): Promise<z.input<typeof Organization>> {
  const { id, name, slug, supportEmail, websiteUrl, timeZone, createdAt } = await getOrganization(client)
  return {
    id,
    name,
    slug,
    support_email: supportEmail,
    website_url: websiteUrl,
    time_zone: timeZone,
    created_at: time(createdAt),
  }
}

export const organizationEndpoints = [
  endpoint({
    operation: 'getOrganization',
    method: 'GET',
    path: '/organization',
    tag: 'Organization',
    summary: 'Get the organization',
    description: 'Any valid API key may ask for it, whatever its scopes.',
    permissions: [],
    status: 200,
    answer: Organization,
    run: show,
  }),
  endpoint({
    operation: 'updateOrganization',
    method: 'PATCH',
    path: '/organization',
    tag: 'Organization',
    summary: 'Change the settings of the organization',
    description:
      'What is left out stays. With another time zone, days that are set from now on end with the day there; dates that keys have do not move. Its part of dashboard addresses does not change.',
    permissions: ['organization.write'],
    body: Changes,
    example: { time_zone: 'Europe/Berlin', support_email: 'help@inkwell.example' },
    status: 200,
    answer: Organization,
    run: async (client, { body, now }) => {
      const { support_email, website_url, time_zone, ...changes } = body
      const renamed = { supportEmail: support_email, websiteUrl: website_url, timeZone: time_zone }
      await updateOrganization(client, { ...changes, ...renamed }, now)
      return show(client)
    },
  }),
]
