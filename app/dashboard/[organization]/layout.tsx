import { cookies } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Suspense } from 'react'
import { AppShell } from '#components/shell/app-shell.tsx'
import { merchantCommands, merchantNav } from '#components/shell/merchant-nav.ts'
import { cookieOf } from '#components/ui/data-table/table-layout.ts'
import { TableLayouts } from '#components/ui/data-table/table-layouts.tsx'
import { currentUser, requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { mayFound } from '#lib/organizations/rules.ts'
import { listViews } from '#lib/saved-views/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { signOutOfDashboard } from './actions.ts'
import { FindMenu } from './find-menu.tsx'
import { OpenTroubles } from './open-troubles.tsx'

const userLinks = () => [
  { label: 'Your account', href: paths.account() },
  { label: 'Your purchases', href: paths.purchases() },
  ...(mayFound(env().NEW_ORGANIZATIONS, true) ? [{ label: 'New organization', href: paths.newOrganization() }] : []),
]

/** How this browser's tables look, by the names of the tables. */
async function keptLayouts(): Promise<Record<string, string>> {
  const own = (await cookies()).getAll().filter(({ name }) => name.startsWith(cookieOf('')))
  return Object.fromEntries(own.map(({ name, value }) => [name.slice(cookieOf('').length), value]))
}

/** The frame of a merchant's pages. Nothing depends on it: each page and action asks for itself who may see it. */
export default async function DashboardLayout({ params, children }: LayoutProps<'/dashboard/[organization]'>) {
  const [{ organization: slug }, user] = await Promise.all([params, currentUser()])
  const organizations = (user?.memberships ?? []).map((membership) => ({
    name: membership.name,
    href: paths.overview({ organization: membership.slug }),
  }))
  const organization = organizations.find(({ href }) => href === paths.overview({ organization: slug }))
  if (!user || !organization) return <NuqsAdapter>{children}</NuqsAdapter> // the page answers: not found, or sign in first
  const role = user.memberships.find((membership) => membership.slug === slug)?.role
  const open = (
    <Suspense>
      <OpenTroubles organization={slug} />
    </Suspense>
  )
  const nav = merchantNav(slug, role, {
    views: await listViews(await requireMerchant(slug)),
    badges: { trouble: open },
  })
  return (
    <AppShell
      organization={organization}
      organizations={organizations}
      user={{ name: user.name, email: user.email }}
      {...nav}
      userLinks={userLinks()}
      onSignOut={signOutOfDashboard}
      commandMenu={<FindMenu organization={slug} items={merchantCommands(slug, nav, userLinks(), role)} />}
    >
      <TableLayouts kept={await keptLayouts()}>
        <NuqsAdapter>{children}</NuqsAdapter>
      </TableLayouts>
    </AppShell>
  )
}
