import '#server-only'
import { z } from 'zod'
import { getOrganization } from '../organizations/queries.ts'
import { endpoint } from './endpoint.ts'
import { Id, shown, Time, time } from './wire.ts'

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
    run: async (client) => {
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
    },
  }),
]
