// Every page there is. The list is read from app/, so a new page is missing in the table until somebody says how it is visited.
import { globSync } from 'node:fs'
import path from 'node:path'

/** What addresses of pages are made of: an organization's, or a mixture of two. */
export type Ids = {
  slug: string
  configurationId: string
  productId: string
  customerId: string
  keyId: string
  mailId: string
  importId: string
  bulkChangeId: string
  checkedImportId: string
  purchaseId: string
  connectionId: string
  deliveryId: string
  webhookEndpointId: string
  webhookMessageId: string
  archiveId: string
}

export type Visit = {
  path: (ids: Ids) => string
  /** Who sees it; pages for nobody in particular are shown to nobody. */
  as: 'nobody' | 'owner' | 'customer' | 'unverified' | 'member of two'
  /** It shows nothing itself to this visitor, but leads there. */
  leadsTo?: RegExp
  /** Only servers with LATCHKEY_DEMO have it. */
  demo?: true
}

const dashboard = (rest: (ids: Ids) => string = () => ''): Visit => ({
  as: 'owner',
  path: (ids) => `/dashboard/${ids.slug}${rest(ids)}`,
})

const table: Record<string, Visit> = {
  '/': { as: 'nobody', path: () => '/', leadsTo: /\/login$/ },
  '/setup': { as: 'nobody', path: () => '/setup', leadsTo: /\/login$/ },
  '/reminders': { as: 'nobody', path: () => '/reminders?mail=none&code=none' },
  '/devices': { as: 'nobody', path: () => '/devices?question=none&code=none' },
  '/login': { as: 'nobody', path: () => '/login' },
  '/login/sent': { as: 'nobody', path: () => '/login/sent?to=somebody@example.com' },
  '/login/link': {
    as: 'nobody',
    path: () => '/login/link?email=somebody@example.com&token=not-a-token-of-this-server',
  },
  '/login/invitation': { as: 'nobody', path: () => '/login/invitation?token=not-a-token-of-this-server' },
  '/login/forgot': { as: 'nobody', path: () => '/login/forgot' },
  '/login/password': { as: 'nobody', path: () => '/login/password?token=not-a-token-of-this-server' },
  // Nothing keeps them out, so they are led on.
  '/login/way': { as: 'owner', path: ({ slug }) => `/login/way?organization=${slug}`, leadsTo: /\/dashboard\// },
  '/login/second-step': { as: 'nobody', path: () => '/login/second-step', leadsTo: /\/login$/ },
  '/account/two-step': { as: 'owner', path: () => '/account/two-step' },
  '/account/address': { as: 'owner', path: () => '/account/address?token=not-a-token-of-this-server' },
  '/account/organization': { as: 'owner', path: () => '/account/organization' },
  '/account': { as: 'owner', path: () => '/account' },
  '/login/confirm': { as: 'unverified', path: () => '/login/confirm' },
  '/outbox': { as: 'nobody', path: () => '/outbox', demo: true },
  '/outbox/[id]': { as: 'nobody', path: ({ mailId }) => `/outbox/${mailId}`, demo: true },
  '/docs/own-shop': { as: 'nobody', path: () => '/docs/own-shop' },
  '/docs/errors': { as: 'nobody', path: () => '/docs/errors' },
  '/docs/errors/[code]': { as: 'nobody', path: () => '/docs/errors/USAGE_LIMIT_REACHED' },
  '/purchases': { as: 'customer', path: () => '/purchases' },
  '/purchases/open': { as: 'nobody', path: () => '/purchases/open?mail=none&code=none' },
  '/purchases/replace': { as: 'customer', path: () => '/purchases/replace?ask=nothing-of-ours' },
  '/activate': { as: 'nobody', path: () => '/activate?code=BCDF-GHJK', leadsTo: /\/login\b/ },
  '/purchases/activate': { as: 'customer', path: () => '/purchases/activate' },
  '/purchases/address/confirm': { as: 'nobody', path: () => '/purchases/address/confirm?token=none' },
  '/purchases/address': { as: 'customer', path: () => '/purchases/address' },
  '/purchases/take': { as: 'nobody', path: () => '/purchases/take?token=none' },
  // Nobody pressed: it says so, and shows nothing of them.
  '/purchases/preview/[organization]/[id]': {
    as: 'owner',
    path: ({ slug, customerId }) => `/purchases/preview/${slug}/${customerId}`,
  },
  '/purchases/preview/[organization]/[id]/[key]': {
    as: 'owner',
    path: ({ slug, customerId, keyId }) => `/purchases/preview/${slug}/${customerId}/${keyId}`,
  },
  '/purchases/[id]': { as: 'customer', path: ({ keyId }) => `/purchases/${keyId}` },
  '/dashboard': { as: 'member of two', path: () => '/dashboard' },
  '/dashboard/[organization]': dashboard(),
  '/dashboard/[organization]/activations': dashboard(() => '/activations'),
  '/dashboard/[organization]/history': dashboard(() => '/history'),
  '/dashboard/[organization]/live': dashboard(() => '/live'),
  '/dashboard/[organization]/customers': dashboard(() => '/customers'),
  '/dashboard/[organization]/customers/[id]': dashboard(({ customerId }) => `/customers/${customerId}`),
  '/dashboard/[organization]/customers/[id]/edit': dashboard(({ customerId }) => `/customers/${customerId}/edit`),
  '/dashboard/[organization]/customers/[id]/history': dashboard(({ customerId }) => `/customers/${customerId}/history`),
  '/dashboard/[organization]/customers/[id]/merge': dashboard(({ customerId }) => `/customers/${customerId}/merge`),
  '/dashboard/[organization]/products': dashboard(() => '/products'),
  '/dashboard/[organization]/products/new': dashboard(() => '/products/new'),
  '/dashboard/[organization]/products/[id]': dashboard(({ productId }) => `/products/${productId}`),
  '/dashboard/[organization]/products/[id]/edit': dashboard(({ productId }) => `/products/${productId}/edit`),
  '/dashboard/[organization]/key-configurations': dashboard(() => '/key-configurations'),
  '/dashboard/[organization]/key-configurations/new': dashboard(() => '/key-configurations/new'),
  '/dashboard/[organization]/key-configurations/[id]': dashboard(
    ({ configurationId }) => `/key-configurations/${configurationId}`,
  ),
  '/dashboard/[organization]/key-configurations/[id]/edit': dashboard(
    ({ configurationId }) => `/key-configurations/${configurationId}/edit`,
  ),
  '/dashboard/[organization]/key-configurations/[id]/integrate': dashboard(
    ({ configurationId }) => `/key-configurations/${configurationId}/integrate?language=php`,
  ),
  '/dashboard/[organization]/license-keys': dashboard(() => '/license-keys'),
  '/dashboard/[organization]/license-keys/new': dashboard(() => '/license-keys/new'),
  '/dashboard/[organization]/license-keys/[id]': dashboard(({ keyId }) => `/license-keys/${keyId}`),
  '/dashboard/[organization]/license-keys/[id]/edit': dashboard(({ keyId }) => `/license-keys/${keyId}/edit`),
  '/dashboard/[organization]/bulk-changes': dashboard(() => '/bulk-changes'),
  '/dashboard/[organization]/bulk-changes/[id]': dashboard(({ bulkChangeId }) => `/bulk-changes/${bulkChangeId}`),
  '/dashboard/[organization]/license-keys/[id]/simulate': dashboard(({ keyId }) => `/license-keys/${keyId}/simulate`),
  '/dashboard/[organization]/trouble': dashboard(() => '/trouble'),
  '/dashboard/[organization]/risk': dashboard(() => '/risk'),
  '/dashboard/[organization]/risk/[id]': dashboard(({ keyId }) => `/risk/${keyId}`),
  '/dashboard/[organization]/risk/settings': dashboard(() => '/risk/settings'),
  '/dashboard/[organization]/imports': dashboard(() => '/imports'),
  '/dashboard/[organization]/imports/new': dashboard(() => '/imports/new'),
  '/dashboard/[organization]/imports/[id]': dashboard(({ importId }) => `/imports/${importId}`),
  '/dashboard/[organization]/purchases': dashboard(() => '/purchases'),
  '/dashboard/[organization]/purchases/[id]': dashboard(({ purchaseId }) => `/purchases/${purchaseId}`),
  '/dashboard/[organization]/settings/stores': dashboard(() => '/settings/stores'),
  '/dashboard/[organization]/settings/stores/new': dashboard(() => '/settings/stores/new'),
  '/dashboard/[organization]/settings/stores/[id]': dashboard(({ connectionId }) => `/settings/stores/${connectionId}`),
  '/dashboard/[organization]/settings/stores/[id]/deliveries': dashboard(
    ({ connectionId }) => `/settings/stores/${connectionId}/deliveries`,
  ),
  '/dashboard/[organization]/settings/stores/[id]/deliveries/[delivery]': dashboard(
    ({ connectionId, deliveryId }) => `/settings/stores/${connectionId}/deliveries/${deliveryId}`,
  ),
  '/dashboard/[organization]/settings/stores/[id]/settings': dashboard(
    ({ connectionId }) => `/settings/stores/${connectionId}/settings`,
  ),
  '/dashboard/[organization]/settings/webhooks': dashboard(() => '/settings/webhooks'),
  '/dashboard/[organization]/settings/webhooks/new': dashboard(() => '/settings/webhooks/new'),
  '/dashboard/[organization]/settings/webhooks/[id]': dashboard(
    ({ webhookEndpointId }) => `/settings/webhooks/${webhookEndpointId}`,
  ),
  '/dashboard/[organization]/settings/webhooks/[id]/messages/[message]': dashboard(
    ({ webhookEndpointId, webhookMessageId }) => `/settings/webhooks/${webhookEndpointId}/messages/${webhookMessageId}`,
  ),
  '/dashboard/[organization]/settings/webhooks/[id]/settings': dashboard(
    ({ webhookEndpointId }) => `/settings/webhooks/${webhookEndpointId}/settings`,
  ),
  '/dashboard/[organization]/settings/api-keys': dashboard(() => '/settings/api-keys'),
  '/dashboard/[organization]/settings/api-keys/new': dashboard(() => '/settings/api-keys/new'),
  '/dashboard/[organization]/settings/members': dashboard(() => '/settings/members'),
  '/dashboard/[organization]/settings/mail': dashboard(() => '/settings/mail'),
  '/dashboard/[organization]/settings/mail/looks': dashboard(() => '/settings/mail/looks'),
  '/dashboard/[organization]/settings/mail/texts/[mail]': dashboard(() => '/settings/mail/texts/key-expiring'),
  '/dashboard/[organization]/settings/mail/sent': dashboard(() => '/settings/mail/sent'),
  '/dashboard/[organization]/settings/customers': dashboard(() => '/settings/customers'),
  '/dashboard/[organization]/settings/export': dashboard(() => '/settings/export'),
  '/dashboard/[organization]/settings/organization': dashboard(() => '/settings/organization'),
  '/dashboard/[organization]/settings/background-work': dashboard(() => '/settings/background-work'),
  '/dashboard/[organization]/settings/security': dashboard(() => '/settings/security'),
  '/docs': { as: 'nobody', path: () => '/docs' },
  '/docs/[chapter]': { as: 'nobody', path: () => '/docs/purchases' },
}

const app = path.join(import.meta.dirname, '../app')

/** The routes of all pages; folders in parentheses are no part of an address. */
export const routes = globSync('**/page.tsx', { cwd: app })
  .map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]+\)/g, '').replace(/^\/\.$/, '/'))
  .sort()

/** How a page is visited; throws for one that the table does not know. */
export function visitOf(route: string): Visit {
  const visit = table[route]
  if (!visit) throw new Error(`e2e/pages.ts has no row for ${route}: say by whom it is visited, and where.`)
  return visit
}

/** Files that merchants download: route handlers below the dashboard, visited like pages. */
const downloads: Record<string, (ids: Ids) => string> = {
  '/dashboard/[organization]/license-keys/export': ({ slug }) => `/dashboard/${slug}/license-keys/export?format=json`,
  '/dashboard/[organization]/settings/export/[id]': ({ slug, archiveId }) =>
    `/dashboard/${slug}/settings/export/${archiveId}`,
  '/dashboard/[organization]/imports/[id]/problems': ({ slug, checkedImportId }) =>
    `/dashboard/${slug}/imports/${checkedImportId}/problems`,
}

export const downloadRoutes = globSync('dashboard/**/route.ts', { cwd: app })
  .map((file) => `/${path.dirname(file)}`)
  .sort()

/** Where a file is downloaded; throws for one that the table does not know. */
export function downloadOf(route: string): (ids: Ids) => string {
  const visit = downloads[route]
  if (!visit) throw new Error(`e2e/pages.ts has no row for the download ${route}: say where it is.`)
  return visit
}

/** Rows whose page is gone. */
export const staleRoutes = Object.keys(table).filter((route) => !routes.includes(route))
