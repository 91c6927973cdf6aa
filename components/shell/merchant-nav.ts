import type { Route } from 'next'
import { roleMay } from '#lib/base/permissions.ts'
import type { Role } from '#prisma/enums.ts'
import type { NavGroup, NavItem } from './sidebar.tsx'

/** The navigation of an organization's dashboard; badges say what waits where. */
export function merchantNav(organization: string, badges: Partial<Record<string, string>> = {}, role?: Role) {
  const base = `/dashboard/${organization}`
  const item = (label: string, path: string): NavItem => ({
    label,
    href: (path ? `${base}/${path}` : base) as Route,
    badge: badges[path],
  })
  const groups: NavGroup[] = [
    {
      items: [
        item('Overview', ''),
        { ...item('License keys', 'license-keys'), also: `${base}/imports` as Route },
        item('Activations', 'activations'),
        item('History', 'history'),
        item('Customers', 'customers'),
      ],
    },
    {
      label: 'Catalog',
      items: [item('Products', 'products'), item('Key configurations', 'key-configurations')],
    },
    {
      label: 'Settings',
      items: [
        item('Organization', 'settings/organization'),
        item('Members', 'settings/members'),
        item('API keys', 'settings/api-keys'),
        ...(role && roleMay(role, 'security.read') ? [item('Security log', 'settings/security')] : []),
      ],
    },
  ]
  const footer: NavItem[] = [{ label: 'API reference', href: '/docs' }]
  return { groups, footer }
}
