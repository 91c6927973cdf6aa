import type { Route } from 'next'
import type { ReactNode } from 'react'
import { type Permission, roleMay } from '#lib/base/permissions.ts'
import type { SavedView } from '#lib/saved-views/plain.ts'
import { addressOf } from '#lib/saved-views/rules.ts'
import * as paths from '#lib/web/paths.ts'
import type { Role } from '#prisma/enums.ts'
import type { CommandItem } from './command-menu.tsx'
import type { NavGroup, NavItem } from './sidebar.tsx'

/** The navigation of an organization's dashboard. */
export function merchantNav(
  organization: string,
  role?: Role,
  { views = [], badges = {} }: { views?: readonly SavedView[]; badges?: { trouble?: ReactNode } } = {},
) {
  const here = { organization }
  const keysAs = (view: SavedView) => paths.licenseKeys(here, addressOf(view))
  const usual = views.find(({ isDefault }) => isDefault)
  const groups: NavGroup[] = [
    {
      items: [
        { label: 'Overview', href: paths.overview(here) },
        {
          label: 'License keys',
          href: usual ? keysAs(usual) : paths.licenseKeys(here),
          also: [paths.imports(here), paths.bulkChanges(here)],
          items: [
            ...views.map((view) => ({ label: view.name, href: keysAs(view), view: view.id })),
            ...(usual ? [{ label: 'All keys', href: paths.licenseKeys(here), view: '' }] : []),
          ],
        },
        { label: 'In trouble', href: paths.trouble(here), badge: badges.trouble },
        { label: 'Activations', href: paths.activations(here) },
        { label: 'Live', href: paths.live(here) },
        { label: 'Risk', href: paths.risks(here) },
        { label: 'History', href: paths.history(here) },
        { label: 'Customers', href: paths.customers(here) },
        { label: 'Purchases', href: paths.sales(here) },
      ],
    },
    {
      label: 'Catalog',
      items: [
        { label: 'Products', href: paths.products(here) },
        { label: 'Key configurations', href: paths.keyConfigurations(here) },
      ],
    },
    {
      label: 'Settings',
      items: [
        { label: 'Organization', href: paths.organizationSettings(here) },
        { label: 'Members', href: paths.members(here) },
        { label: 'Customers’ rights', href: paths.customerSettings(here) },
        { label: 'Stores', href: paths.stores(here) },
        { label: 'Mail', href: paths.mail(here) },
        { label: 'Webhooks', href: paths.webhooks(here) },
        { label: 'API keys', href: paths.apiKeys(here) },
        ...(role && roleMay(role, 'work.read') ? [{ label: 'Background work', href: paths.backgroundWork(here) }] : []),
        ...(role && roleMay(role, 'security.write') ? [{ label: 'Export', href: paths.archives(here) }] : []),
        ...(role && roleMay(role, 'security.read') ? [{ label: 'Security log', href: paths.securityLog(here) }] : []),
      ],
    },
  ]
  const footer: NavItem[] = [{ label: 'API reference', href: paths.reference() }]
  return { groups, footer }
}

/** What people look for again and again. */
const presets: [label: string, query: Parameters<typeof paths.licenseKeys>[1], keywords?: string[]][] = [
  ['Keys that end within 7 days', { expires: '<7d' }, ['expiring this week']],
  ['Keys that end within 30 days', { expires: '<30d' }, ['expiring this month']],
  ['Keys that ended in the last 30 days', { ended: '<30d' }, ['recently expired']],
  ['Keys never activated', { activated: 'never' }, ['unused']],
  ['Keys not seen for 90 days', { seen: '-<90d', status: 'active' }, ['dormant', 'idle']],
  ['Keys with all device slots taken', { limit: 'at' }, ['at limit']],
  ['Keys over their device limit', { limit: 'over' }],
  ['Keys that refused somebody in the last 24 hours', { refused: '<24h' }, ['trouble']],
  ['Keys revoked for a refund', { reason: 'refunded' }],
  ['Keys issued in the last 7 days', { issued: '<7d' }, ['new']],
]

/** The same as entries of the command menu, with what can be begun. */
export function merchantCommands(
  organization: string,
  { groups, footer }: { groups: readonly NavGroup[]; footer: readonly NavItem[] },
  userLinks: readonly NavItem[],
  role?: Role,
): CommandItem[] {
  const here = { organization }
  const starts: [permission: Permission, label: string, href: Route][] = [
    ['keys.write', 'Issue a key', paths.newLicenseKey(here)],
    ['keys.write', 'Import keys', paths.newImport(here)],
    ['catalogue.write', 'New product', paths.newProduct(here)],
    ['catalogue.write', 'New key configuration', paths.newKeyConfiguration(here)],
    ['members.write', 'Invite a member', paths.members(here)],
    ['stores.write', 'Connect a store', paths.newStore(here)],
    ['webhooks.write', 'New webhook endpoint', paths.newWebhook(here)],
    ['api_keys.write', 'New API key', paths.newApiKey(here)],
  ]
  const entry = (group: string, { label, href }: Pick<NavItem, 'label' | 'href'>): CommandItem => ({
    id: `${group} ${label}`,
    group,
    label,
    href,
  })
  return [
    ...groups.flatMap(({ label = 'Go to', items }) => items.map((item) => entry(label, item))),
    ...groups.flatMap(({ items }) => items.flatMap((item) => (item.items ?? []).map((view) => entry('Views', view)))),
    ...starts
      .filter(([permission]) => role && roleMay(role, permission))
      .map(([, label, href]) => entry('Begin', { label, href })),
    entry('Go to', { label: 'Bulk changes', href: paths.bulkChanges(here) }),
    ...presets.map(([label, query, keywords]) => ({
      ...entry('Filters', { label, href: paths.licenseKeys(here, query) }),
      ...(keywords && { keywords }),
    })),
    ...[...userLinks, ...footer].map((item) => entry('More', item)),
  ]
}
