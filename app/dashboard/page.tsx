import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Avatar } from '#components/ui/avatar.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { requireUser } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { mayFound } from '#lib/organizations/rules.ts'
import * as paths from '#lib/web/paths.ts'

export const metadata: Metadata = { title: 'Dashboard' }

/** The way to the organization somebody belongs to, or a choice between several. */
export default async function DashboardPage() {
  const user = await requireUser(paths.dashboard())
  const [first, ...others] = user.memberships
  if (!first)
    return (
      <QuietPage
        title="No organization yet"
        actions={
          <>
            {mayFound(env().NEW_ORGANIZATIONS, false) && (
              <Button variant="primary" href={paths.newOrganization()}>
                New organization
              </Button>
            )}
            <Button href={paths.purchases()}>Your purchases</Button>
          </>
        }
      >
        {user.email} does not belong to any organization here. Looking for something you bought? Open your purchases.
      </QuietPage>
    )
  if (others.length === 0) redirect(paths.overview({ organization: first.slug }))
  const last = user.memberships.reduce((a, b) => ((b.lastUsedAt ?? 0) > (a.lastUsedAt ?? 0) ? b : a))
  if (last.lastUsedAt) redirect(paths.overview({ organization: last.slug }))
  return (
    <QuietPage title="Choose an organization">
      <Card className="mt-4 text-ink">
        <ul>
          {user.memberships.map(({ slug, name, role }) => (
            <li key={slug} className="border-line2 border-t first:border-t-0">
              <Link
                href={paths.overview({ organization: slug })}
                className="flex items-center gap-3 px-3.5 py-2.5 hover:bg-line2"
              >
                <Avatar name={name} />
                <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                <span className="text-mute">{role}</span>
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </QuietPage>
  )
}
