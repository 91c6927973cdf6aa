import type { Route } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { AppShell } from '#components/shell/app-shell.tsx'
import { merchantNav } from '#components/shell/merchant-nav.ts'
import { currentUser } from '#lib/auth/session.ts'
import { signOutOfDashboard } from './actions.ts'

/** The frame of a merchant's pages. Nothing depends on it: each page and action asks for itself who may see it. */
export default async function DashboardLayout({ params, children }: LayoutProps<'/dashboard/[organization]'>) {
  const [{ organization: slug }, user] = await Promise.all([params, currentUser()])
  const organizations = (user?.memberships ?? []).map((membership) => ({
    name: membership.name,
    href: `/dashboard/${membership.slug}` as Route,
  }))
  const organization = organizations.find(({ href }) => href === `/dashboard/${slug}`)
  if (!user || !organization) return <NuqsAdapter>{children}</NuqsAdapter> // the page answers: not found, or sign in first
  return (
    <AppShell
      organization={organization}
      organizations={organizations}
      user={{ name: user.name, email: user.email }}
      {...merchantNav(slug, {}, user.memberships.find((membership) => membership.slug === slug)?.role)}
      userLinks={[
        { label: 'Your account', href: '/account' },
        { label: 'Your purchases', href: '/purchases' },
      ]}
      onSignOut={signOutOfDashboard}
    >
      <NuqsAdapter>{children}</NuqsAdapter>
    </AppShell>
  )
}
